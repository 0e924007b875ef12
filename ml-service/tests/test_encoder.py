import numpy as np

from ml_service.encoder import MAX_TOKENS, Encoder

FOOD = "A man is eating food."
BREAD = "A man is eating a piece of bread."


def vector(model: Encoder, text: str, *others: str) -> np.ndarray:
    return model.run(model.tokenize([text, *others]))[0]


def test_known_answer(model: Encoder) -> None:
    assert abs(float(vector(model, FOOD) @ vector(model, BREAD)) - 0.755) < 0.001


def test_vectors_have_length_one_and_384_numbers(model: Encoder) -> None:
    vectors = model.run(model.tokenize([FOOD, "x " * 500, "猫"]))
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_text_does_not_depend_on_its_neighbours(model: Encoder) -> None:
    alone = vector(model, FOOD)
    for others in ([BREAD], ["x " * 400], ["!"] * 31, ["猫" * 300, "", "🐈"]):
        assert float(alone @ vector(model, FOOD, *others)) >= 0.9999


def test_texts_are_cut_at_the_longest_that_the_model_reads(model: Encoder) -> None:
    (tokens,) = model.tokenize(["word " * 10_000])
    assert len(tokens) == MAX_TOKENS
    assert float(vector(model, "word " * 10_000) @ vector(model, "word " * 20_000)) > 0.999999


def test_the_name_tells_the_weights(model: Encoder) -> None:
    assert model.name == "all-MiniLM-L6-v2@53aa51172d14"
