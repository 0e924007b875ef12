"""Sentences to judge a backend by, made of a tokenizer's own words: as many as wanted, and always the same."""

import random

from tokenizers import Tokenizer

FEWEST_WORDS, MOST_WORDS = 8, 64
SHORTEST_WORD = 3
COMMON_WORDS = 6_000
"""Vocabularies begin with what is frequent."""


def probe_texts(tokenizer: Tokenizer, count: int, seed: int = 1) -> list[str]:
    """Return sentences of 8 to 64 words."""
    ordered = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    words = [word for word, _ in ordered if len(word) >= SHORTEST_WORD and word.isascii() and word.isalpha()][:COMMON_WORDS]
    choose = random.Random(seed)  # noqa: S311 -- no secret: the same sentences are wanted every time
    return [" ".join(choose.choices(words, k=choose.randint(FEWEST_WORDS, MOST_WORDS))) for _ in range(count)]
