"""Kim 2014, Convolutional Neural Networks for Sentence Classification: the model, top to bottom as data flows.

Words become vectors; filters of 3, 4 and 5 words slide over them; the strongest answer of each filter over the whole
sentence is kept; one linear unit reads these. As in the paper's multichannel variant there are two copies of the word
vectors, one that stays as word2vec made it and one that is tuned.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

PAD, UNKNOWN = 0, 1  # rows of the vocabulary before its words


@dataclass(frozen=True)
class Config:
    """``widths`` are filter widths in words, ``filters`` the number of filters of each width."""

    width: int = 100  # of a word vector
    widths: tuple[int, ...] = (2, 3, 4, 5)
    filters: int = 100
    dropout: float = 0.5
    word_dropout: float = 0.1


class SentenceCNN(nn.Module):
    def __init__(self, vectors: Tensor, config: Config = Config()) -> None:
        """``vectors`` (V, D) with rows for PAD and UNKNOWN first."""
        super().__init__()
        self.config = config
        self.fixed = nn.Embedding.from_pretrained(vectors.clone(), freeze=True, padding_idx=PAD)
        self.tuned = nn.Embedding.from_pretrained(vectors.clone(), freeze=False, padding_idx=PAD)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(2 * vectors.shape[1], config.filters, width, padding=width // 2) for width in config.widths
        )
        self.dropout = nn.Dropout(config.dropout)
        self.out = nn.Linear(config.filters * len(config.widths), 1)

    def forward(self, words: Tensor) -> Tensor:
        """Rows (B, T) of the vocabulary, PAD at the ends, to logits (B,) of being positive."""
        if self.training:
            lost = torch.rand(words.shape) < self.config.word_dropout
            words = torch.where(lost & (words != PAD), UNKNOWN, words)
        x = torch.cat([self.fixed(words), self.tuned(words)], dim=-1)  # (B, T, 2 D)
        x = x.transpose(1, 2)  # (B, 2 D, T)
        strongest = [torch.relu(conv(x)).amax(dim=-1) for conv in self.convolutions]  # each (B, filters)
        x = self.dropout(torch.cat(strongest, dim=-1))  # (B, widths * filters)
        return self.out(x).squeeze(-1)  # (B,)
