"""The networks in PyTorch: digit classifier, perceptron baseline, damage finder, inpainting generator and critic.

Classifier: plain 3x3 convolutions with batch norm and residual pairs (He et al. 2016), 0.4 M parameters. Inpainter: a
small encoder-decoder (Pathak et al. 2016, "Context Encoders") that sees crop and mask, with a patch critic (Isola et
al. 2017). All take crops (B, 1, 28, 28) in 0..1 as `vision.segment` makes them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

CLASSES = 12  # ten digits, another sign or a crossed-out digit, and a crop that holds a part or a pair of digits


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class _Pair(nn.Module):
    """Two convolutions with a short cut, (B, C, H, W) → the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _conv(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class DigitNet(nn.Module):
    """(B, 1, 28, 28) → logits (B, 12). Looks at the middle 24x24: the digit's longest side is 20."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _conv(1, width),  # (B, 24, 24, 24)
            _conv(width, 2 * width, stride=2),  # (B, 48, 12, 12)
            _Pair(2 * width),
            _conv(2 * width, 4 * width, stride=2),  # (B, 96, 6, 6)
            _Pair(4 * width),
            _conv(4 * width, 4 * width),
        )
        # Flattened, not averaged: where a stroke lies tells 6 from 0 and 9 from 4.
        self.head = nn.Sequential(
            nn.Conv2d(4 * width, 32, 1),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(32 * 36, CLASSES),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x[..., 2:-2, 2:-2]))


class Perceptron(nn.Module):
    """The baseline: two layers. (B, 1, 28, 28) → logits (B, 12)."""

    def __init__(self, hidden: int = 256) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, CLASSES))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class _Hourglass(nn.Module):
    """Encoder and decoder with short cuts at each size (Ronneberger et al. 2015): (B, I, 28, 28) → (B, 1, 28, 28)."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(_conv(inputs, width), _conv(width, width))  # 28
        self.down = nn.Sequential(_conv(width, 2 * width, stride=2), _Pair(2 * width))  # 14
        self.deep = nn.Sequential(
            _conv(2 * width, 4 * width, stride=2), _Pair(4 * width), nn.Conv2d(4 * width, 2 * width, 1)
        )  # 7
        self.up = _conv(4 * width, 2 * width)  # 14
        self.leave = nn.Sequential(_conv(3 * width, width), nn.Conv2d(width, 1, 3, 1, 1))  # 28

    def forward(self, x: Tensor) -> Tensor:
        high = self.enter(x)
        middle = self.down(high)
        low = nn.functional.interpolate(self.deep(middle), scale_factor=2.0, mode="nearest")
        middle = self.up(torch.cat([low, middle], 1))
        middle = nn.functional.interpolate(middle, scale_factor=2.0, mode="nearest")
        return self.leave(torch.cat([middle, high], 1))


class Finder(nn.Module):
    """Where ink is missing: crop (B, 1, 28, 28) → logits (B, 1, 28, 28)."""

    def __init__(self, width: int = 10) -> None:
        super().__init__()
        self.body = _Hourglass(1, width)

    def forward(self, crop: Tensor) -> Tensor:
        return self.body(crop)


class Inpainter(nn.Module):
    """The generator. Crop (B, 1, 28, 28) and mask (B, 1, 28, 28; 1 = missing) → crop, only masked pixels replaced."""

    def __init__(self, width: int = 14) -> None:
        super().__init__()
        self.body = _Hourglass(2, width)

    def forward(self, crop: Tensor, mask: Tensor) -> Tensor:
        filled = torch.sigmoid(self.body(torch.cat([crop * (1 - mask), mask], 1)))
        return crop * (1 - mask) + filled * mask


class Critic(nn.Module):
    """Crop and mask → a score for each patch, real or filled in: (B, 2, 28, 28) → (B, 1, 7, 7)."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs, stride in ((2, width, 1), (width, 2 * width, 2), (2 * width, 4 * width, 2)):
            layers += [
                nn.utils.spectral_norm(nn.Conv2d(inputs, outputs, 3, stride, 1)),
                nn.LeakyReLU(0.2, inplace=True),
            ]
        self.layers = nn.Sequential(*layers, nn.Conv2d(4 * width, 1, 3, 1, 1))

    def forward(self, crop: Tensor, mask: Tensor) -> Tensor:
        return self.layers(torch.cat([crop, mask], 1))
