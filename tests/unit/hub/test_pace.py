"""How fast a system that floods may go."""

import pytest

from hub.pace import DEEPEST, FLOOD, LONGEST, WINDOW, Pace


class Machine:
    """A process whose clock and use of CPU the test moves."""

    def __init__(self, share: float = 0.5):
        self.now = self.used = 0.0
        self.pace = Pace(share, lambda: self.now, lambda: self.used)

    def works(self, seconds: float):
        self.now += seconds
        self.used += seconds

    def rests(self, seconds: float):
        self.now += seconds

    def takes(self, name: str, times: int = 1):
        for _ in range(times):
            self.pace.took(name)


@pytest.fixture
def flooded() -> Machine:
    """A hub to which one system has sent much, another a little, and which has just worked."""
    machine = Machine()
    machine.takes("flood", FLOOD)
    machine.takes("quiet", 3)
    machine.pace.wait("flood")
    machine.works(0.01)
    return machine


def test_who_floods_waits_until_the_process_has_rested(flooded: Machine):
    """With a share of a half, ten milliseconds of work cost ten of rest."""
    assert flooded.pace.wait("flood") == pytest.approx(0.01)
    flooded.rests(0.009)
    assert flooded.pace.wait("flood") == pytest.approx(0.001)
    flooded.rests(0.001)
    assert flooded.pace.wait("flood") == pytest.approx(0.0)


def test_rest_is_not_saved_up(flooded: Machine):
    """However long the process has rested, the next work has to be rested for again: turns come evenly, never in a burst."""
    flooded.rests(100)
    assert flooded.pace.wait("flood") == 0.0
    flooded.works(0.002)
    assert flooded.pace.wait("flood") == pytest.approx(0.002)


def test_the_others_never_wait(flooded: Machine):
    """Whoever does not send more than all others together is not held back."""
    assert flooded.pace.wait("quiet") == 0.0
    assert flooded.pace.wait("stranger") == 0.0


def test_a_process_that_is_always_busy_starves_nobody(flooded: Machine):
    """If the process never rests, for whatever reason, a flooding system still gets a turn now and then."""
    flooded.works(1000.0)
    assert flooded.pace.wait("flood") == min(LONGEST, DEEPEST / 0.5)


def test_alone_nobody_waits():
    """A system that sends much alone has the whole hub."""
    machine = Machine()
    machine.takes("flood", 10 * FLOOD)
    machine.pace.wait("flood")
    machine.works(1.0)
    assert machine.pace.wait("flood") == 0.0


def test_several_that_send_much_do_not_wait():
    """Where nobody sends more than all others together, taking turns is fair enough."""
    machine = Machine()
    machine.takes("one", 10 * FLOOD)
    machine.takes("other", 10 * FLOOD)
    machine.works(1.0)
    assert machine.pace.wait("one") == machine.pace.wait("other") == 0.0


def test_some_packages_are_no_flood():
    """A system that sends a few packages is not held back, however little the others send."""
    machine = Machine()
    machine.takes("some", FLOOD - 1)
    machine.takes("quiet")
    machine.works(1.0)
    assert machine.pace.wait("some") == 0.0


def test_when_the_others_fall_silent_it_goes_on(flooded: Machine):
    """Two windows after the last package of another system nobody is held back any more."""
    for _ in range(2):
        flooded.works(WINDOW)
        flooded.takes("flood", FLOOD)
    assert flooded.pace.wait("flood") == 0.0


def test_without_a_share_nobody_is_held_back():
    """A share of 0 is no limit."""
    machine = Machine(share=0.0)
    machine.takes("flood", FLOOD)
    machine.takes("quiet")
    machine.works(1.0)
    assert machine.pace.wait("flood") == 0.0
