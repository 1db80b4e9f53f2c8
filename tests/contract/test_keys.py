"""Idempotency keys."""

import asyncio
from datetime import timedelta

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


async def test_old_keys_are_forgotten(store):
    """What was bound before a time is free again, however many that are; what was bound later is not."""
    old, late = AT - timedelta(days=1), AT + timedelta(seconds=1)
    await asyncio.gather(*(store.bind_key("sys-1", f"k{number}", "one", old) for number in range(1100)))
    await store.bind_key("sys-1", "late", "one", AT)
    assert await store.forget_keys(AT) == 1100
    assert await store.bind_key("sys-1", "k7", "two", late) == "two"
    assert await store.bind_key("sys-1", "late", "two", late) == "one"
    assert await store.forget_keys(AT) == 0
