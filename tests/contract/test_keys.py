"""Idempotency keys."""

import asyncio

from .samples import AT


async def test_first_binding_holds(store):
    """A key stays bound to what it was bound to first."""
    assert await store.bind_key("sys-1", "k", "one", AT) == "one"
    assert await store.bind_key("sys-1", "k", "two", AT) == "one"
    assert await store.bind_key("sys-1", "k", "one", AT) == "one"


async def test_keys_of_systems_are_apart(store):
    """Two systems may use the same key."""
    assert await store.bind_key("sys-1", "k", "one", AT) == "one"
    assert await store.bind_key("sys-2", "k", "two", AT) == "two"


async def test_many_bindings_at_once_agree(store):
    """Of many requests with one key at once all learn of the same winner."""
    bound = await asyncio.gather(*(store.bind_key("sys-1", "k", str(i), AT) for i in range(50)))
    assert len(set(bound)) == 1
