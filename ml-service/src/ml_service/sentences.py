"""Cuts a text into sentences, with offsets, and tells prose from what only stands around it. Pure."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import sentencex

FIRST_ASTRAL = 0x10000
FIRST_IDEOGRAPH = 0x2E80
FEWEST_WORDS = 4
MOSTLY_LETTERS = 0.6

# One line of Markdown by the mark it begins with. The first group that fits wins; a line without a mark goes on with its block.
_MARK = re.compile(
    r"(?P<blank>\s*(?:(?:[-*_=]\s*){3,})?$)"
    r"|(?P<fence> {0,3}(?:```[^`\n]*$|~~~))"
    r"|(?P<heading> {0,3}#{1,6}(?=\s))"
    r"|(?P<row>(?=\s*\|))"
    r"|(?P<item>\s*[-*+](?=\s))"
    r"|(?P<number>\s*\d{1,3}[.)](?=\s))"
    r"|(?P<quote>\s*>(?=\s))"
)
# Which blocks such a mark may end: a wrapped line of prose may well begin with a number.
_ENDS = {
    "text": set[str](),
    "item": {"blank", "text", "item", "number", "quote"},
    "number": {"blank", "item", "number"},
    "quote": {"blank"},
}
_CLOSING = re.compile(r"[*_`~)\]}\"'\u2019\u201d»]+(?=\s|$)")


class Sentence(NamedTuple):
    """A sentence and where it stands in its text, in code points."""

    text: str
    start: int
    end: int
    prose: bool


class _Block(NamedTuple):
    start: int
    end: int
    prose: bool


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text of any language, without the white space around them.

    Markdown is respected: a sentence runs over no title, list item, row of a table or fence of code, and begins after their
    marks.
    """
    sentences: list[Sentence] = []
    for block in _blocks(text):
        for start, end in _spans(text, block):
            body = text[start:end]
            sentences.append(Sentence(body, start, end, block.prose and is_prose(body)))
    whole = text.strip()
    if whole and not sentences:
        # Nothing but marks, as "---": a text that is not blank always has something to show.
        start = text.index(whole)
        sentences.append(Sentence(whole, start, start + len(whole), prose=False))
    return sentences


def is_prose(sentence: str) -> bool:
    """Tell sentences from titles, rows of tables, drawings and code, which say much to an encoder and little to a reader."""
    ideographs = sum(ord(char) >= FIRST_IDEOGRAPH for char in sentence)
    letters = sum(char.isalpha() or char.isspace() for char in sentence)
    words = len(sentence.split()) + ideographs // 2
    return words >= FEWEST_WORDS and letters >= MOSTLY_LETTERS * len(sentence) and "|" not in sentence


def utf16_offsets(text: str) -> npt.NDArray[np.int64]:
    """Return, for each code point offset 0..len(text), the offset in UTF-16 code units, as JavaScript counts."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    units = np.zeros(len(points) + 1, np.int64)
    np.cumsum(1 + (points >= FIRST_ASTRAL), out=units[1:])
    return units


def _blocks(text: str) -> Iterator[_Block]:
    """Yield what lies between Markdown's marks. Plain text is one block a paragraph."""
    begin, opened, fenced = 0, "blank", False
    for start, end in _lines(text):
        mark = _MARK.match(text, start, end)
        kind = (mark and mark.lastgroup) or "text"
        if kind == "fence":
            yield _Block(begin, start, prose=not fenced)
            begin, opened, fenced = end, "blank", not fenced
        elif fenced:
            continue
        elif mark and kind in {"blank", "heading", "row"}:
            yield _Block(begin, start, prose=True)
            if kind != "blank":
                yield _Block(mark.end(), end, prose=False)
            begin, opened = end, "blank"
        elif mark and opened in _ENDS[kind]:
            yield _Block(begin, start, prose=True)
            begin, opened = mark.end(), kind
        elif opened == "blank":
            opened = "text"
    yield _Block(begin, len(text), prose=not fenced)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield start, end
        start = end


def _spans(text: str, block: _Block) -> Iterator[tuple[int, int]]:
    """Yield start and end of the block's sentences. A mark that closes belongs to the sentence that it closes."""
    content = text[block.start : block.end]
    if not content.strip():
        return
    boundaries: list[dict[str, Any]] = sentencex.get_sentence_boundaries("en", content)  # pyright: ignore[reportAttributeAccessIssue] -- the wheel has no stubs
    begin = 0
    for boundary in boundaries:
        closing = _CLOSING.match(content, boundary["end_index"])
        end = max(begin, closing.end() if closing else boundary["end_index"])
        body = content[begin:end]
        if body.strip():
            start = block.start + begin + len(body) - len(body.lstrip())
            yield start, start + len(body.strip())
        begin = end
