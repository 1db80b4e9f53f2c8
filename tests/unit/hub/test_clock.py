"""When the hub believes its clock, and when it does not (bad-inputs.md row 58)."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.clock import TrustedClock
from hub.trouble import Deferral

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Machine:
    """A machine whose two clocks a test moves."""

    def __init__(self):
        self.wall = START.timestamp()
        self.steady = 1000.0
        self.clock = TrustedClock(wall=lambda: self.wall, steady=lambda: self.steady)

    def passes(self, seconds):
        self.wall += seconds
        self.steady += seconds

    def says(self):
        return datetime.fromtimestamp(self.wall, UTC)


@pytest.fixture
def machine():
    return Machine()


def test_time_passes(machine):
    """The clock gives the machine's time, aware and in UTC."""
    machine.passes(86_400)
    assert machine.clock() == START + timedelta(days=1)


@pytest.mark.parametrize("step", [30, -30])
def test_small_step(machine, step):
    """A step within the tolerance is followed."""
    machine.wall += step
    assert machine.clock() == START + timedelta(seconds=step)


def test_many_small_steps(machine):
    """Small corrections add up to no doubt: each is followed before the next comes."""
    for _ in range(10):
        machine.wall += 50
        machine.clock()
    assert machine.clock() == START + timedelta(seconds=500)


@pytest.mark.parametrize("step", [3600, -3600, -120])
def test_large_step(machine, step):
    """Row 58: a clock that stepped, forward or back, is not believed."""
    machine.wall += step
    with pytest.raises(Deferral, match="moved") as trouble:
        machine.clock()
    assert trouble.value.code == "clock-unreliable"


def test_step_taken_back(machine):
    """A clock that is where it was is believed at once."""
    machine.wall -= 3600
    with pytest.raises(Deferral):
        machine.clock()
    machine.wall += 3600
    assert machine.clock() == START


def test_new_course_kept(machine):
    """Where nobody else can be asked, a clock that kept its new course for a minute is believed."""
    machine.wall += 3600
    with pytest.raises(Deferral):
        machine.clock()
    machine.passes(59)
    with pytest.raises(Deferral):
        machine.clock()
    machine.passes(1)
    assert machine.clock() == START + timedelta(seconds=3660)


def test_stepping_again(machine):
    """A clock that steps again while it is doubted begins its minute anew."""
    machine.wall += 3600
    with pytest.raises(Deferral):
        machine.clock()
    machine.passes(59)
    machine.wall += 3600
    with pytest.raises(Deferral):
        machine.clock()
    machine.passes(30)
    with pytest.raises(Deferral):
        machine.clock()


def test_refuted(machine):
    """A clock that differs from the server's is not believed, however long it keeps its course."""
    machine.clock.compare(machine.says() - timedelta(hours=1))
    for _ in range(3):
        machine.passes(60)
        with pytest.raises(Deferral):
            machine.clock()


def test_confirmed(machine):
    """A step that brings the clock to the server's time is believed at the next comparison."""
    machine.clock.compare(machine.says() + timedelta(hours=1))
    machine.wall += 3600
    with pytest.raises(Deferral):
        machine.clock()
    machine.clock.compare(machine.says())
    assert machine.clock() == START + timedelta(hours=1)


def test_no_reference(machine):
    """An engine without a clock of its own says nothing against ours."""
    machine.clock.compare(None)
    assert machine.clock() == START
