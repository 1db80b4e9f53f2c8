"""Who does periodic work."""

from datetime import timedelta

import pytest

from .samples import AT


@pytest.fixture
def leases(storage):
    return storage.leases


def minutes(count):
    return AT + timedelta(minutes=count)


async def test_one_holder_at_a_time(leases):
    """While one holds a lease others do not get it; other names are free."""
    assert await leases.hold("sweep", "a", now=AT, until=minutes(1))
    assert not await leases.hold("sweep", "b", now=AT, until=minutes(1))
    assert await leases.hold("expiry", "b", now=AT, until=minutes(1))


async def test_holder_renews(leases):
    """Its holder makes a lease longer."""
    await leases.hold("sweep", "a", now=AT, until=minutes(1))
    assert await leases.hold("sweep", "a", now=AT, until=minutes(5))
    assert not await leases.hold("sweep", "b", now=minutes(2), until=minutes(9))


async def test_lease_runs_out(leases):
    """When a lease has run out another may take it."""
    await leases.hold("sweep", "a", now=AT, until=minutes(1))
    assert await leases.hold("sweep", "b", now=minutes(1), until=minutes(2))
    assert not await leases.hold("sweep", "a", now=minutes(1), until=minutes(2))


async def test_lease_is_given_back_by_its_holder_only(leases):
    """A lease that was given back is free at once; a stranger gives nothing back."""
    await leases.hold("sweep", "a", now=AT, until=minutes(9))
    await leases.let_go("sweep", "b")
    assert not await leases.hold("sweep", "b", now=AT, until=minutes(9))
    await leases.let_go("sweep", "a")
    assert await leases.hold("sweep", "b", now=AT, until=minutes(9))


async def test_when_a_lease_ended_is_known(leases):
    """Until when it is held, or was, is known of a lease until it is given back."""
    assert await leases.until("sweep") is None
    await leases.hold("sweep", "a", now=AT, until=minutes(9))
    assert await leases.until("sweep") == minutes(9)
    await leases.let_go("sweep", "a")
    assert await leases.until("sweep") is None
