"""The texts that wait, and which of them run together next. Pure: no clock, no thread."""

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import count

Fits = Callable[[int, int, int], bool]
"""Whether a batch of so many texts, so many tokens in all and so long a longest text is within the budget."""


@dataclass(frozen=True, eq=False, slots=True)
class Text:
    """One text of a request. `order` grows with its arrival."""

    request: Hashable
    index: int
    length: int
    order: int
    user: Hashable

    @property
    def place(self) -> tuple[int, int]:
        """Its place among all: by length, then by arrival."""
        return self.length, self.order


class Waiting:
    """Texts in two orders: each user's by arrival, from which a batch is seeded, and all by length, by which it is filled.

    Users are served by start-time fair queueing (Goyal, Vin and Cheng, 1996) over tokens: whoever was served least is next,
    and who comes anew starts level with whoever is being served. So a page of one user delays another's sentence by a batch,
    and many requests of one user count as one queue.
    """

    def __init__(self) -> None:
        self._by_length: list[Text] = []
        self._by_user: dict[Hashable, dict[Text, None]] = {}
        self._by_request: dict[Hashable, dict[Text, None]] = {}
        self._served: dict[Hashable, int] = {}
        self._clock = 0
        self.tokens = 0
        self._orders = count()

    def __len__(self) -> int:
        """Return how many texts wait."""
        return len(self._by_length)

    def add(self, request: Hashable, user: Hashable, lengths: Iterable[int]) -> None:
        """Let the texts of a request wait, in their order."""
        self._served.setdefault(user, self._clock)
        of_user, of_request = self._by_user.setdefault(user, {}), self._by_request.setdefault(request, {})
        for index, length in enumerate(lengths):
            text = Text(request, index, length, next(self._orders), user)
            insort(self._by_length, text, key=_place)
            of_user[text] = of_request[text] = None
            self.tokens += length

    def forget(self, request: Hashable) -> int:
        """Let what still waits of a request go. Return how many texts that were."""
        left = list(self._by_request.get(request, ()))
        for text in left:
            del self._by_length[self._find(text)]
            self._leave(text)
        return len(left)

    def take(self, most: int, fits: Fits) -> list[Text]:
        """Take a batch of at most `most` texts: the oldest of the user whose turn it is, and its nearest neighbours in length.

        One text is a batch even where it does not fit.
        """
        user = min(self._by_user, key=lambda name: self._served[name])
        self._clock = self._served[user]
        seed = next(iter(self._by_user[user]))
        low = self._find(seed)
        high, tokens = low + 1, seed.length
        while high - low < most:
            down = low > 0 and (high == len(self._by_length) or self._is_nearer(low - 1, high, seed))
            if not down and high == len(self._by_length):
                break
            text = self._by_length[low - 1 if down else high]
            longest = max(text.length, self._by_length[high - 1].length)
            if not fits(high - low + 1, tokens + text.length, longest):
                break
            low, high, tokens = low - down, high + (not down), tokens + text.length
        batch = self._by_length[low:high]
        del self._by_length[low:high]
        for text in batch:
            self._served[text.user] += text.length
        for text in batch:
            self._leave(text)
        return batch

    def _is_nearer(self, below: int, above: int, seed: Text) -> bool:
        shorter, longer = self._by_length[below], self._by_length[above]
        return (seed.length - shorter.length, shorter.order) < (longer.length - seed.length, longer.order)

    def _find(self, text: Text) -> int:
        return bisect_left(self._by_length, text.place, key=_place)

    def _leave(self, text: Text) -> None:
        self.tokens -= text.length
        for group, name in ((self._by_user, text.user), (self._by_request, text.request)):
            del group[name][text]
            if not group[name]:
                del group[name]
        if text.user not in self._by_user:
            del self._served[text.user]


def _place(text: Text) -> tuple[int, int]:
    return text.place
