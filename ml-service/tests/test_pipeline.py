import numpy as np
import pytest

from ml_service.pipeline import choose_highlights, rank_passages


def unit(*rows: list[float]) -> np.ndarray:
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_highlights_are_relevant_different_and_in_the_order_of_the_text() -> None:
    vectors = unit([0, 1], [1, 0.1], [1, 0.1], [1, 0.2], [-1, 0.5])
    same = choose_highlights(vectors, 2, 0.0)
    different = choose_highlights(vectors, 2, 0.9)
    assert [row for row, _ in same] == sorted(row for row, _ in same)
    assert float(vectors[same[0].row] @ vectors[same[1].row]) > 0.9
    assert float(vectors[different[0].row] @ vectors[different[1].row]) < 0.5


def test_no_more_highlights_than_sentences_and_none_twice() -> None:
    rows = [row for row, _ in choose_highlights(unit([1, 0], [0, 1], [1, 1]), 50, 0.3)]
    assert rows == [0, 1, 2]


def test_opposite_sentences_have_no_centre_and_are_ranked_all_the_same() -> None:
    assert len(choose_highlights(unit([1, 0], [-1, 0]), 1, 0.3)) == 1


def test_passages_come_best_first_and_ties_in_the_order_of_the_text() -> None:
    query = unit([1, 0])[0]
    ranked = rank_passages(query, unit([0, 1], [1, 0], [1, 1], [1, 0]), 3)
    assert [row for row, _ in ranked] == [1, 3, 2]
    assert ranked[0].score == pytest.approx(1)
