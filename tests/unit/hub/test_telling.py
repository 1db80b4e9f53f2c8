"""Facts about which receipts go home by an order."""

import pytest

from hub.events import Event
from hub.lifecycle import State
from hub.order import Purpose
from hub.record import fact
from hub.telling import tell
from routing.values import Binding
from tests.unit.hub.values import NOW, attestor, delivery, package, snapshot


def _consigned():
    return attestor().happened(Event.CONTENT_CONSIGNMENT, package(), delivery(), at=NOW, state=State.CONSIGNED)


def test_a_called_sender_is_told():
    """A webhook system gets an order for each receipted event of its packages."""
    (order,) = tell(snapshot(Binding.WEBHOOK).directory, [_consigned()])
    assert (order.purpose, order.system_id) == (Purpose.TELL, "sender")


@pytest.mark.parametrize("binding", [Binding.PULL, Binding.VXP])
def test_a_sender_that_asks_is_not_told(binding):
    """It reads its feed; an order would carry nothing."""
    assert tell(snapshot(binding).directory, [_consigned()]) == ()


def test_a_suspended_sender_is_not_told():
    """No order waits for a system that nobody may call."""
    assert tell(snapshot(Binding.WEBHOOK, is_active=False).directory, [_consigned()]) == ()


def test_what_the_answer_said_is_not_told_again():
    """The acceptance is in the answer to the submission."""
    assert tell(snapshot(Binding.WEBHOOK).directory, [attestor().acceptance(package())]) == ()


@pytest.mark.parametrize("event, state", [(Event.WITHDRAWAL, State.WITHDRAWN), (Event.EXPIRY, State.EXPIRED)])
@pytest.mark.parametrize("binding, told", [(Binding.AMQP, ["recipient"]), (Binding.WEBHOOK, []), (Binding.PULL, [])])
def test_an_end_is_told_to_a_recipient_that_holds_the_document(event, state, binding, told):
    """What stands in a recipient's own queue cannot be taken back: that it ended is told behind it. Others ask the hub anyway."""
    ended = attestor().happened(event, package(), delivery(), at=NOW, state=state)
    orders = tell(snapshot(recipient_binding=binding).directory, [ended])
    assert [(each.purpose, each.system_id) for each in orders] == [(Purpose.TELL, each) for each in told]


def test_what_a_recipient_did_itself_is_not_told_to_it():
    """It knows what it has taken."""
    assert tell(snapshot(recipient_binding=Binding.AMQP).directory, [_consigned()]) == ()


def test_steps_without_receipt_are_not_told():
    """Queuing proves nothing to anybody."""
    queued = fact(Event.QUEUING, package(), delivery(), at=NOW, state=State.QUEUED)
    assert tell(snapshot(Binding.WEBHOOK).directory, [queued]) == ()
