"""Contents that this process has just kept, and will be asked for next.

A recipient fetches a package moments after it came in. What is still here needs no file to be opened and read, which takes a
thread. Nothing depends on it: the row says whether there is a content, and what is not here is read from its file.
"""

from __future__ import annotations

MOST_BYTES = 16_777_216  #: the oldest go first; half a second of packages of 100 KB under the fastest load


class RecentContents:
    """Contents by their SHA-256."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._contents: dict[str, bytes] = {}

    def put(self, sha256: str, data: bytes) -> None:
        """Hold a content for a while."""
        if sha256 in self._contents:
            return
        self._contents[sha256] = data
        self._bytes += len(data)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._contents.pop(next(iter(self._contents))))

    def get(self, sha256: str) -> bytes | None:
        """Return a content that is still here."""
        return self._contents.get(sha256)
