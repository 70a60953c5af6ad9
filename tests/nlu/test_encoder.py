"""The served sentence encoder."""

import hashlib
import json

import numpy as np
import pytest

from nlu.encoder import MODEL, WIDTH, SentenceEncoder, shared_encoder


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return shared_encoder()


def test_vectors_have_length_one(encoder):
    vectors = encoder.encode(["hello", "two large pizzas please", "", "ÿ😀\x00"])
    assert vectors.shape == (4, WIDTH)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_padding_in_a_batch_does_not_change_a_sentence(encoder):
    """Activations are quantised over the batch, so that the equality is close, not exact."""
    texts = ["hi", "is there any gluten in the soup of the day", "where is my order"]
    together = encoder.encode(texts)
    alone = np.vstack([encoder.encode([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.97


def test_results_keep_the_order_of_the_texts(encoder):
    texts = ["a much longer sentence about a table for seven people", "bye"] * 20
    vectors = encoder.encode(texts, batch=7)
    assert (vectors[0] @ vectors[2]) > 0.97
    assert (vectors[0] @ vectors[1]) < 0.5


def test_the_general_vector_is_the_same_beside_that_of_a_question(encoder):
    texts = ["where is my order", "hi"]
    general, question = encoder.encode_questions(texts)
    np.testing.assert_array_equal(general, encoder.encode(texts))
    assert question.shape == (2, WIDTH) and not np.allclose(general, question)


def test_no_texts_give_no_vectors(encoder):
    assert encoder.encode([]).shape == (0, WIDTH)


def test_a_very_long_text_is_cut(encoder):
    assert encoder.encode(["pizza " * 2_000]).shape == (1, WIDTH)


def test_alike_meanings_are_closer_than_others(encoder):
    a, b, c = encoder.encode(["when do you open", "what are your opening hours", "i am allergic to nuts"])
    assert a @ b > a @ c + 0.2


def test_a_missing_model_is_named_with_its_cure(tmp_path):
    with pytest.raises(FileNotFoundError, match="export_encoder"):
        SentenceEncoder(tmp_path / "none.onnx")


def test_the_card_fits_the_shipped_file():
    card = json.loads(MODEL.with_suffix(".json").read_text())
    assert card["sha256"] == hashlib.sha256(MODEL.read_bytes()).hexdigest()
    assert card["licence"] == "Apache-2.0"
