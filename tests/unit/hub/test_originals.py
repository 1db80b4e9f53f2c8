"""Facts about what later words do to earlier documents."""

import pytest

from hub.events import Event
from hub.lifecycle import State
from hub.originals import effects_on, is_recall, issuer_of_original, speaks_of_earlier
from hub.queries import Original
from schemas.edxml import Business, StatusCode
from schemas.edxml.compose import new_document, new_status
from schemas.edxml.parts import ResponseFor
from tests.unit.hub.values import NOW, RECIPIENT, SENDER, attestor, delivery, package


def _recall(target="D1"):
    return new_document(
        sender=SENDER,
        recipients=[RECIPIENT],
        subject="Thu hồi",
        number="2",
        notation="TB",
        sent_at=NOW,
        business=Business.RECALL,
        reason="gửi nhầm",
        target_id=target,
    ).envelope


def _status(code, target="D1"):
    response = ResponseFor(agency_code=SENDER, notation="1/BC", document_id=target)
    return new_status(sender=RECIPIENT, response=response, code=code, at=NOW, description="ghi chú")


def _effects(envelope, *deliveries, sender=RECIPIENT, recipients=(SENDER,)):
    originals = (Original(package(), deliveries),)
    present = {"000.00.02.H99": RECIPIENT}
    return effects_on(
        originals,
        envelope,
        sender=sender,
        recipients=recipients,
        current=lambda code: present.get(code, code),
        at=NOW,
        attestor=attestor(),
    )


@pytest.mark.parametrize("state", [State.ACCEPTED, State.QUEUED, State.CONSIGNED, State.DEAD])
def test_a_recall_withdraws_before_the_handover(state):
    """The delivery is withdrawn, with a receipt that carries the sender's reason."""
    effects = _effects(_recall(), delivery(state), sender=SENDER, recipients=(RECIPIENT,))
    assert [move.to for move in effects.moves] == [State.WITHDRAWN]
    assert effects.events[0].event is Event.WITHDRAWAL
    assert effects.events[0].reason.text == "gửi nhầm"


def test_a_recall_after_the_handover_is_only_noted():
    """The recipient has the document: its delivery stays handed over."""
    effects = _effects(_recall(), delivery(State.HANDED_OVER), sender=SENDER, recipients=(RECIPIENT,))
    assert not effects.moves
    assert [each.event for each in effects.events] == [Event.RECALL]


def test_an_agency_that_has_another_code_by_now_is_the_same():
    """What was sent to its old code is withdrawn by a recall, and its statuses stand beside that delivery."""
    about = delivery(recipient="000.00.02.H99")
    recall = _effects(_recall(), about, sender=SENDER, recipients=(RECIPIENT,))
    assert [move.delivery_id for move in recall.moves] == [about.id]
    assert [each.delivery_id for each in _effects(_status(StatusCode.ACCEPTED), about).reported] == [about.id]


def test_a_recall_concerns_only_the_recipients_that_it_names():
    """Another recipient's delivery is left alone."""
    effects = _effects(_recall(), delivery(recipient="H99.09"), sender=SENDER, recipients=(RECIPIENT,))
    assert not effects.moves
    assert not effects.events


def test_a_word_about_an_unknown_document_has_no_effect():
    """It travels like any other package and changes nothing."""
    assert not _effects(_status(StatusCode.ACCEPTED, target="D9"), delivery(State.HANDED_OVER)).events


@pytest.mark.parametrize(
    "before, code, is_shown",
    [
        (None, StatusCode.ARRIVED, True),
        ("01", StatusCode.ACCEPTED, True),
        ("03", StatusCode.ARRIVED, False),
        ("03", StatusCode.REFUSED, False),
        ("05", StatusCode.IN_PROGRESS, False),
        ("06", StatusCode.AGREED, True),
        ("03", StatusCode.DISAGREED, False),
    ],
)
def test_a_status_is_recorded_always_and_shown_when_it_is_news(before, code, is_shown):
    """Arrival order is not guaranteed: the furthest status stays shown, every one is an event."""
    effects = _effects(_status(code), delivery(State.HANDED_OVER, business_status=before))
    assert [each.event for each in effects.events] == [Event.BUSINESS_STATUS]
    assert bool(effects.reported) is is_shown
    assert not effects.moves


def test_a_status_of_somebody_else_changes_nothing():
    """Only the recipient of a delivery speaks about it."""
    assert not _effects(_status(StatusCode.ACCEPTED), delivery(State.HANDED_OVER), sender="H99.09").events


def test_status_13_is_a_recall_by_the_documents_own_sender():
    """The original of a recall is the sender's own, that of another status the addressee's."""
    recall, accepted = _status(StatusCode.RECALL_ASKED), _status(StatusCode.ACCEPTED)
    assert is_recall(recall)
    assert not is_recall(accepted)
    assert issuer_of_original(recall, SENDER, (RECIPIENT,)) == SENDER
    assert issuer_of_original(accepted, RECIPIENT, (SENDER,)) == SENDER


def test_a_new_document_speaks_of_nothing_earlier():
    """Only recalls and statuses are looked up."""
    draft = new_document(sender=SENDER, recipients=[RECIPIENT], subject="x", number="1", notation="BC", sent_at=NOW)
    assert not speaks_of_earlier(draft.envelope)
