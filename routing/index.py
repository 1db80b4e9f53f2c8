"""Search text of many agencies, found without touching most of them.

All folded lines lie in one string, one after the other in the order of their codes: `str.find` walks through 120,000
of them in milliseconds and in a few megabytes, where a list of strings would cost an object each.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

_END = "\n"


class SearchIndex:
    """Lines of folded text (`routing.fold`), numbered from 0."""

    __slots__ = ("_starts", "_text")

    def __init__(self, lines: Iterable[str]) -> None:
        kept = tuple(lines)
        self._starts = array("Q", [0])
        for line in kept:
            self._starts.append(self._starts[-1] + len(line) + len(_END))
        self._text = "".join(line + _END for line in kept)

    def matches(self, number: int, words: Iterable[str]) -> bool:
        """Return whether line `number` contains every word."""
        start, end = self._starts[number], self._starts[number + 1]
        return all(self._text.find(word, start, end) >= 0 for word in words)

    def find(self, words: tuple[str, ...], first: int) -> Iterator[int]:
        """Yield the numbers of lines from `first` on that contain every word; all of them when there are no words."""
        if not words:
            yield from range(first, len(self._starts) - 1)
            return
        rarest = max(words, key=len)
        position = self._text.find(rarest, self._starts[first])
        while position >= 0:
            number = bisect_right(self._starts, position) - 1
            if self.matches(number, words):
                yield number
            position = self._text.find(rarest, self._starts[number + 1])
