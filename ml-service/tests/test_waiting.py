from hypothesis import given
from hypothesis import strategies as st

from ml_service.waiting import Fits, Text, Waiting


def budget(most: int) -> Fits:
    def fits(texts: int, _tokens: int, longest: int) -> bool:
        return texts * longest <= most

    return fits


def lengths(batch: list[Text]) -> list[int]:
    return [text.length for text in batch]


def test_a_batch_is_the_oldest_and_its_nearest_in_length() -> None:
    waiting = Waiting()
    waiting.add("a", "a", [40, 10, 60, 44, 39, 90])
    assert lengths(waiting.take(9, budget(140))) == [39, 40, 44]
    assert lengths(waiting.take(9, budget(140))) == [10, 60]
    assert lengths(waiting.take(9, budget(140))) == [90]
    assert not waiting
    assert waiting.tokens == 0


def test_one_text_is_a_batch_even_where_it_does_not_fit() -> None:
    waiting = Waiting()
    waiting.add("a", "a", [300])
    assert lengths(waiting.take(9, budget(100))) == [300]


def test_no_more_than_its_part_of_the_queue() -> None:
    waiting = Waiting()
    waiting.add("a", "a", [5] * 8)
    assert len(waiting.take(4, budget(1_000))) == 4


def test_a_user_with_many_requests_waits_while_others_catch_up() -> None:
    waiting = Waiting()
    for request in range(20):
        waiting.add(request, "busy", [50])
    waiting.add("new", "new", [50])
    taken = [waiting.take(1, budget(50))[0].user for _ in range(4)]
    assert taken.index("new") <= 1
    waiting.add("newer", "newer", [50])
    assert waiting.take(1, budget(50))[0].user == "newer"


def test_whoever_comes_back_has_saved_up_nothing() -> None:
    waiting = Waiting()
    waiting.add("a", "a", [10] * 50)
    for _ in range(20):
        waiting.take(1, budget(10))
    waiting.add("b", "b", [10] * 50)
    assert {waiting.take(1, budget(10))[0].user for _ in range(2)} == {"a", "b"}
    turns = [waiting.take(1, budget(10))[0].user for _ in range(20)]
    assert 9 <= turns.count("a") <= 11


def test_what_is_forgotten_is_never_taken() -> None:
    waiting = Waiting()
    waiting.add("gone", "a", [5, 6, 7])
    waiting.add("here", "a", [6])
    assert waiting.forget("gone") == 3
    assert waiting.forget("gone") == 0
    assert [text.request for text in waiting.take(9, budget(100))] == ["here"]
    assert not waiting


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 256)), min_size=1), st.integers(1, 9), st.integers(256, 512))
def test_every_text_is_taken_once_within_count_and_budget(texts: list[tuple[str, int]], most: int, tokens: int) -> None:
    waiting = Waiting()
    for request, (user, length) in enumerate(texts):
        waiting.add(request, user, [length])
    taken: list[object] = []
    while waiting:
        batch = waiting.take(most, budget(tokens))
        assert 1 <= len(batch) <= most
        assert len(batch) * max(lengths(batch)) <= tokens
        assert lengths(batch) == sorted(lengths(batch))
        taken += [text.request for text in batch]
    assert sorted(taken, key=str) == sorted(range(len(texts)), key=str)
    assert waiting.tokens == 0
