"""Random tokens."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from hub.randomness import TOKEN_BYTES, token

_MANY = 2000


def test_a_token_is_16_bytes():
    """A token is 16 bytes long."""
    assert len(token()) == TOKEN_BYTES == 16


def test_threads_never_get_the_same_token():
    """Tokens drawn by several threads at once all differ."""
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda _: token(), range(_MANY)))
    assert len(set(drawn)) == _MANY


def test_a_forked_child_draws_other_tokens():
    """A child made by fork does not use the tokens that its parent had ready."""
    token()
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write_end, token())
        os._exit(0)
    os.waitpid(child, 0)
    of_child = os.read(read_end, TOKEN_BYTES)
    os.close(read_end)
    os.close(write_end)
    assert of_child not in {token() for _ in range(_MANY)}
