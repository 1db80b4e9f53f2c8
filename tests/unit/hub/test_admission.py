"""What is counted when a caller asks for something."""

import pytest

from hub.accounts import Caller, Role
from hub.admission import Admission
from hub.pace import FLOOD, Pace
from hub.pressure import Pressure
from hub.quotas import Quotas
from hub.register import CurrentRegister
from hub.settings import LimitSettings

from .values import NOW


class Machine:
    """A process at which one system floods and whose clock the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pace = Pace(0.5, lambda: self.now, lambda: 0.0)
        self.admission = Admission(
            usual=LimitSettings(),
            register=CurrentRegister(source=None),
            quotas=Quotas(None),
            pressure=Pressure(outbox=None, most_due=1, require_store=lambda: None, clock=lambda: NOW),
            pace=self.pace,
            seconds=lambda: self.now,
        )
        for name in ("quiet", *["flood"] * FLOOD):
            self.pace.took(name)
        self.now += self.pace.wait("flood") + 0.001


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.OPERATOR, Role.AUDITOR])
def test_whatever_is_asked_goes_before_a_flood(role):
    """The next turn of a system that floods waits for whatever anybody else has asked for just now."""
    machine = Machine()
    assert machine.pace.wait("flood") == 0.0
    machine.admission.allowance(Caller("stranger", role))
    assert machine.pace.wait("flood") > 0.0


def test_who_was_answered_goes_on_undisturbed():
    """A turn does not come between somebody's answer and what it asks next."""
    machine = Machine()
    machine.admission.answered(Caller("stranger", Role.SYSTEM))
    assert machine.pace.wait("flood") > 0.0


def test_a_flood_does_not_stand_in_its_own_way():
    """What the flooding system asks for itself does not hold its turns back."""
    machine = Machine()
    machine.admission.allowance(Caller("flood", Role.SYSTEM))
    assert machine.pace.wait("flood") == 0.0
