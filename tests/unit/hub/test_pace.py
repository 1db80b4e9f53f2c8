"""How fast a system that floods may go."""

import math

import pytest

from hub.pace import BRIEFLY, CALM, COST, FLOOD, HEAVY, LONGEST, PRESENCE, TAKING, WINDOW, YIELD, Pace

SHARE = 0.5
MOST = COST[1]


class Machine:
    """A process whose clock and use of CPU the test moves."""

    def __init__(self, share: float = SHARE):
        self.now = self.used = 0.0
        self.pace = Pace(share, lambda: self.now, lambda: self.used)

    def works(self, seconds: float):
        self.now += seconds
        self.used += seconds

    def rests(self, seconds: float):
        self.now += seconds

    def takes(self, name: str, times: int = 1, size: int = 0):
        for _ in range(times):
            self.pace.took(name, size)

    def measures(self, cost: float):
        """Let a window end in which a package cost so much CPU."""
        self.takes("quiet", 10)
        self.used += 10 * cost
        self.rests(WINDOW)


@pytest.fixture
def flooded() -> Machine:
    """A hub to which one system has sent much and another a little; a package costs 5 ms."""
    machine = Machine()
    machine.measures(0.005)
    machine.takes("quiet", 3)
    machine.takes("flood", FLOOD)
    return machine


def test_who_floods_has_its_turns_evenly_spaced(flooded: Machine):
    """With a share of a half, the next package comes twice as long after the last one as a package costs."""
    assert flooded.pace.wait("flood") == pytest.approx(0.01)
    flooded.rests(0.009)
    assert flooded.pace.wait("flood") == pytest.approx(0.001)
    flooded.rests(0.001)
    assert flooded.pace.wait("flood") == pytest.approx(0.0)


def test_a_turn_waits_for_a_calm_moment(flooded: Machine):
    """When somebody else has just asked for something, the turn that is due comes when that has been answered."""
    flooded.rests(flooded.pace.wait("flood") - 0.004)
    flooded.pace.asked("stranger")
    flooded.rests(0.004)
    assert flooded.pace.wait("flood") == pytest.approx(CALM - 0.004)
    flooded.rests(CALM - 0.004)
    assert flooded.pace.wait("flood") == pytest.approx(0.0)


def test_a_package_of_another_is_a_request_like_any_other(flooded: Machine):
    """A turn does not follow at once on somebody else's package, whose record is being written."""
    flooded.rests(flooded.pace.wait("flood"))
    flooded.takes("quiet")
    assert flooded.pace.wait("flood") == pytest.approx(CALM)


def test_a_turn_does_not_wait_for_ever_for_a_calm_moment(flooded: Machine):
    """Where others ask without pause, a turn comes that much later and not never."""
    flooded.rests(flooded.pace.wait("flood"))
    for _ in range(10):
        flooded.pace.asked("stranger")
        assert flooded.pace.wait("flood") > 0.0
        flooded.rests(YIELD / 10)
    flooded.pace.asked("stranger")
    assert flooded.pace.wait("flood") == pytest.approx(0.0)


def test_nobody_waits_for_its_own_requests(flooded: Machine):
    """What the flooding system asks for itself holds its turns back no further."""
    flooded.rests(flooded.pace.wait("flood"))
    flooded.pace.asked("flood")
    assert flooded.pace.wait("flood") == pytest.approx(0.0)


def test_the_others_do_not_wait_for_a_calm_moment(flooded: Machine):
    """Only the turns of the system that floods are held back for what somebody asks."""
    flooded.rests(1.0)
    flooded.pace.asked("stranger")
    assert flooded.pace.wait("quiet") == 0.0


def test_a_large_package_is_rested_for_by_its_weight(flooded: Machine):
    """After a package that weighs as much as eleven small ones the rest is eleven times as long."""
    flooded.takes("flood", size=10 * HEAVY)
    assert flooded.pace.wait("flood") == pytest.approx(0.11)


def test_rest_is_not_saved_up(flooded: Machine):
    """However long the process has rested, the next package has to be rested for again: turns come evenly, never in a burst."""
    flooded.rests(0.5)
    assert flooded.pace.wait("flood") == 0.0
    flooded.takes("flood")
    assert flooded.pace.wait("flood") == pytest.approx(0.01)


def test_few_large_packages_are_a_flood():
    """What floods is judged by weight: a system that sends fewer packages than another may be the one."""
    machine = Machine()
    machine.takes("small", 20)
    machine.takes("large", 10, size=10 * HEAVY)
    assert machine.pace.floods("large")
    assert not machine.pace.floods("small")


def test_the_pace_does_not_end_because_it_works(flooded: Machine):
    """Held back, a system sends little; it goes on to be held back while it takes every turn that it may have."""
    for turn in range(100):
        flooded.rests(flooded.pace.wait("flood") + WINDOW / 30)
        flooded.takes("quiet", turn % 2)
        assert flooded.pace.floods("flood")
        flooded.takes("flood")
        assert flooded.pace.wait("flood") > 0


def test_who_sends_no_more_than_its_share_is_let_go(flooded: Machine):
    """A system that was held back and then sends less than its share of all is no flood any more."""
    for _ in range(3):
        flooded.rests(WINDOW)
        flooded.takes("quiet", 10)
        flooded.takes("flood", 9)
    assert flooded.pace.wait("flood") == 0.0


def test_the_others_never_wait(flooded: Machine):
    """Whoever does not flood is not held back."""
    assert flooded.pace.wait("quiet") == 0.0
    assert flooded.pace.wait("stranger") == 0.0


def test_a_busy_process_starves_nobody():
    """Whatever else keeps the process busy, a package costs the most at most; no wait is longer than the longest."""
    machine = Machine()
    machine.measures(1000.0)
    machine.takes("quiet")
    machine.takes("flood", FLOOD)
    assert machine.pace.wait("flood") == pytest.approx(MOST / SHARE)
    machine.takes("flood", size=1000 * HEAVY)
    assert machine.pace.wait("flood") == LONGEST


def test_a_time_without_a_package_measures_nothing():
    """What the process did before any package came is no package's cost."""
    machine = Machine()
    machine.works(WINDOW)
    machine.takes("quiet")
    machine.takes("flood", FLOOD)
    assert machine.pace.wait("flood") == pytest.approx(MOST / SHARE)


def test_alone_nobody_waits():
    """A system that sends much alone has the whole hub."""
    machine = Machine()
    machine.takes("flood", 10 * FLOOD)
    assert machine.pace.wait("flood") == 0.0


def test_several_that_send_much_do_not_wait():
    """Where nobody sends many times as much as all others, taking turns is fair enough."""
    machine = Machine()
    machine.takes("one", 10 * FLOOD)
    machine.takes("other", 10 * FLOOD)
    machine.takes("one", 1)
    machine.takes("third", 1)
    assert machine.pace.wait("one") == machine.pace.wait("other") == 0.0


def test_who_sends_most_is_no_flood_yet():
    """A system that sends three packages of four has the speed of the hub like everybody else."""
    machine = Machine()
    machine.takes("others", FLOOD)
    machine.takes("most", 3 * FLOOD)
    assert machine.pace.wait("most") == 0.0


def test_some_packages_are_no_flood():
    """A system that sends a few packages is not held back, however little the others send."""
    machine = Machine()
    machine.takes("quiet")
    machine.takes("some", FLOOD - 1)
    assert machine.pace.wait("some") == 0.0


def test_when_the_others_fall_silent_it_goes_on(flooded: Machine):
    """Some seconds after the last package of another system nobody is held back any more."""
    flooded.rests(PRESENCE)
    flooded.takes("flood", FLOOD)
    assert flooded.pace.floods("flood")
    flooded.rests(0.001)
    flooded.takes("flood")
    assert flooded.pace.wait("flood") == 0.0


def test_without_a_share_nobody_is_held_back():
    """A share of 0 is no limit."""
    machine = Machine(share=0.0)
    machine.takes("quiet")
    machine.takes("flood", FLOOD)
    assert machine.pace.wait("flood") == 0.0


def taken(machine: Machine, name: str, times: int):
    for _ in range(times):
        machine.pace.took_out(name)


@pytest.fixture
def drained() -> Machine:
    """A hub from which one system takes a long queue while another sends a little; a package costs 5 ms."""
    machine = Machine()
    machine.measures(0.005)
    machine.takes("quiet", 3)
    taken(machine, "drain", math.ceil(FLOOD / TAKING))
    return machine


def test_a_queue_that_is_taken_without_pause_is_a_flood(drained: Machine):
    """What a system asks for to take its deliveries counts as its packages do: it is held to its share."""
    assert drained.pace.floods("drain")
    assert not drained.pace.floods("quiet")
    taken(drained, "drain", math.ceil(1 / TAKING))
    assert drained.pace.wait("drain") >= 0.01


def test_takings_are_rested_for_together(drained: Machine):
    """The rest of a package comes after as many takings as weigh as much; those between them follow at once."""
    rests = []
    for _ in range(40):
        taken(drained, "drain", 1)
        rests.append(drained.pace.wait("drain"))
        drained.rests(rests[-1])
    held = [rest for rest in rests if rest]
    assert len(held) == 40 // math.ceil(1 / TAKING)
    assert sum(held) == pytest.approx(0.01 * TAKING * 40, rel=0.1)


def test_who_takes_alone_is_not_held(drained: Machine):
    """Where nobody sends just now, a queue is taken as fast as it is asked for; those who only look are nobody's measure."""
    drained.rests(BRIEFLY + 0.001)
    taken(drained, "poller", 1)
    taken(drained, "drain", math.ceil(FLOOD / TAKING) + 10)
    assert drained.pace.wait("drain") == 0.0


def test_packages_and_takings_weigh_together(drained: Machine):
    """A system that takes without pause may not send beside it as if it did not."""
    drained.takes("drain")
    assert drained.pace.wait("drain") == pytest.approx(0.01)
