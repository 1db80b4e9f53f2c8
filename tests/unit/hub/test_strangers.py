"""Wrong credentials, counted by address."""

import pytest

from hub.strangers import WINDOW, Strangers


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strangers(clock) -> Strangers:
    return Strangers(2, clock)


def _over(strangers: Strangers) -> float:
    (gauge,) = strangers.measure()
    return gauge.value


def test_after_some_failures_one_has_to_wait(strangers, clock):
    """The first failures cost nothing; then the rest of the minute has to pass."""
    assert [strangers.failed("10.0.0.1") for _ in range(2)] == [0.0, 0.0]
    clock.now += 20
    assert strangers.failed("10.0.0.1") == WINDOW - 20
    assert _over(strangers) == 1


def test_a_minute_later_all_is_forgotten(strangers, clock):
    """A new minute begins with nothing counted."""
    for _ in range(5):
        strangers.failed("10.0.0.1")
    clock.now += WINDOW
    assert _over(strangers) == 0
    assert strangers.failed("10.0.0.1") == 0.0


def test_others_are_not_concerned(strangers):
    """Another address has failures of its own; so has a unix socket."""
    for _ in range(5):
        strangers.failed("10.0.0.1")
    assert strangers.failed("10.0.0.2") == strangers.failed("unix") == 0.0


def test_a_network_of_ipv6_is_one(strangers):
    """Whoever has an address of a /64 has all of them."""
    for each in range(3):
        waits = strangers.failed(f"2001:db8::{each:x}")
    assert waits == WINDOW
    assert strangers.failed("2001:db8:0:1::1") == 0.0


def test_memory_is_bounded(strangers):
    """However many addresses fail, no more than ten thousand are remembered."""
    for each in range(20_000):
        strangers.failed(f"10.{each >> 16}.{each >> 8 & 255}.{each & 255}")
    assert len(strangers._records) == 10_000


def test_without_a_limit_nobody_waits(clock):
    """A limit of 0 is none."""
    strangers = Strangers(0, clock)
    assert {strangers.failed("10.0.0.1") for _ in range(100)} == {0.0}
    assert _over(strangers) == 0
