"""How the C library keeps memory: what one package frees, the next one uses.

By default glibc gives freed memory back to the system as soon as a little more than a package of 1 MB is free at the end of its
heap, and asks for it again with the next package, page by page: a quarter of the CPU that such a package costs (measured).

Its threshold for blocks that are mapped by themselves grows with the largest one ever freed (up to 32 MiB), unless it is fixed:
then a few packages of 20 MB leave the heap in holes that are never given back.
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h
KEPT = 16 << 20  #: bytes that each of the heaps (one for a few threads) may keep free
LARGE = 8 << 20  #: bytes; larger blocks are taken from the system one by one and given back at once


def keep_freed_memory() -> None:
    """Tell the C library; where it knows no such thing (macOS, musl), nothing happens."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, KEPT)
        mallopt(_MMAP_THRESHOLD, LARGE)
