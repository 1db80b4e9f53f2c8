"""Search text of many agencies, found without touching most of them.

All folded lines lie in one string, one after the other in the order of their codes: `str.find` walks through 120,000
of them in milliseconds and in a few megabytes, where a list of strings would cost an object each.
"""

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator

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

    def matches(self, number: int, words: Collection[str]) -> bool:
        """Return whether line `number` contains every word."""
        start, end = self._starts[number], self._starts[number + 1]
        return all(self._text.find(word, start, end) >= 0 for word in words)

    def find(self, words: Collection[str], first: int) -> Iterator[int]:
        """Yield the numbers of lines from `first` on that contain every word; all of them when there are no words.

        The words leapfrog: each jumps to its next line at or after the one reached, and where none has to jump all
        are met. So the rarest word sets the pace, whichever it is.
        """
        number = first
        while number < len(self._starts) - 1:
            reached = self._leap(words, number)
            if reached is None:
                return
            if reached == number:
                yield number
                number += 1
            else:
                number = reached

    def _leap(self, words: Collection[str], number: int) -> int | None:
        """Return the first line from `number` on that may contain every word; None when one does not occur any more."""
        for word in words:
            position = self._text.find(word, self._starts[number])
            if position < 0:
                return None
            number = bisect_right(self._starts, position) - 1
        return number
