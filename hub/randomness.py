"""Random tokens of the operating system, drawn in blocks: each draw is a system call that gives the interpreter lock away.

On its way a package needs about a dozen of them, for ids, for the nonces of its receipts and for traces of its requests.
Keys and passwords are drawn one by one where they are made.
"""

from __future__ import annotations

import os
from collections import deque

TOKEN_BYTES = 16
_BLOCK_TOKENS = 256

#: Taking one off is atomic, so that threads may share them.
_tokens: deque[bytes] = deque()
os.register_at_fork(after_in_child=_tokens.clear)  # a child must not use the same ones


def token() -> bytes:
    """Return 16 random bytes that nobody else gets."""
    while True:
        try:
            return _tokens.popleft()
        except IndexError:
            block = os.urandom(_BLOCK_TOKENS * TOKEN_BYTES)
            _tokens.extend(block[start : start + TOKEN_BYTES] for start in range(0, len(block), TOKEN_BYTES))
