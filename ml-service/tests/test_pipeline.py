import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_service.pipeline import choose_highlights, is_prose, rank_passages, split_sentences, utf16_offsets


def javascript_slice(text: str, start: int, end: int) -> str:
    """`text.slice(start, end)` as JavaScript does it."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def unit(*rows: list[float]) -> np.ndarray:
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("  Padded.  \n\n  Again. ", ["Padded.", "Again."]),
        ("Dr. Smith paid $3.50. He left.", ["Dr. Smith paid $3.50.", "He left."]),
        ("今日は天気がいい。明日は雨だ。", ["今日は天気がいい。", "明日は雨だ。"]),
        ("هل هذا جيد؟ نعم.", ["هل هذا جيد؟", "نعم."]),
        ("👩‍👩‍👧 here. Cafe\u0301 there.", ["👩‍👩‍👧 here.", "Cafe\u0301 there."]),
        ("\n \t", []),
    ],
)
def test_splits_any_language(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == sentences


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_offsets_cut_the_exact_text_in_javascript(text: str) -> None:
    units = utf16_offsets(text)
    assert int(units[-1]) == len(text.encode("utf-16-le")) // 2
    for sentence in split_sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text
        assert javascript_slice(text, int(units[sentence.start]), int(units[sentence.end])) == sentence.text


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("The model is dear, so the first hop decides.", True),
        ("今日は天気がとてもいい。", True),
        ("هذا نص عربي طويل بما يكفي.", True),
        ("Introduction", False),
        ("| 5 | api procedures.ts | order of things |", False),
        ("--- {} () => 42; 17 != 18; [[x]] ---", False),
    ],
)
def test_tells_sentences_from_furniture(text: str, prose: bool) -> None:
    assert is_prose(text) is prose


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
