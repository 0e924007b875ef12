import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_service.sentences import is_prose, split_sentences, utf16_offsets


def javascript_slice(text: str, start: int, end: int) -> str:
    """`text.slice(start, end)` as JavaScript does it."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


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


ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)
MARKS = st.lists(
    st.sampled_from([*'-*+>#|`~.!? \n\t)("1a', "\u2019", "```\n", "- ", "1. ", "\n\n", "A b.", "👩‍👩‍👧", "e\u0301"])
).map("".join)


@given(ANY | MARKS)
def test_offsets_cut_the_exact_text_in_javascript(text: str) -> None:
    units = utf16_offsets(text)
    assert int(units[-1]) == len(text.encode("utf-16-le")) // 2
    assert bool(split_sentences(text)) == bool(text.strip())
    before = 0
    for sentence in split_sentences(text):
        assert before <= sentence.start < sentence.end
        before = sentence.end
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
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


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("## The house\nIt stands.", ["The house", "It stands."]),
        ("It is **cheap. And dear.** Then more.", ["It is **cheap.", "And dear.**", "Then more."]),
        ("- one item,\n  wrapped. More.\n- two\n\n3) three", ["one item,\n  wrapped.", "More.", "two", "three"]),
        ("He was born in the year\n12. Nobody knows.", ["He was born in the year\n12.", "Nobody knows."]),
        ("> Quoted text,\n> wrapped.", ["Quoted text,\n> wrapped."]),
        ("Above.\n\n---\n\nBelow.", ["Above.", "Below."]),
        ("| a | b |\n| c | d |", ["| a | b |", "| c | d |"]),
        ("Say `#` or ```x``` or a|b. - Fine.", ["Say `#` or ```x``` or a|b.", "- Fine."]),
    ],
)
def test_begins_after_the_marks_of_markdown(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == sentences


def test_tells_what_is_prose_by_where_it_stands() -> None:
    text = "# A title of four words\n\n```\nThis reads like a sentence of code.\n```\n\nThis is a sentence of prose.\n"
    assert [(sentence.text, sentence.prose) for sentence in split_sentences(text)] == [
        ("A title of four words", False),
        ("This reads like a sentence of code.", False),
        ("This is a sentence of prose.", True),
    ]


def test_a_fence_that_nobody_closes_runs_to_the_end() -> None:
    assert [sentence.prose for sentence in split_sentences("This is a sentence here.\n```\nThis is no sentence here.")] == [
        True,
        False,
    ]
