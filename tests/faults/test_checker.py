"""The checker finds each kind of harm in a history, and nothing in a sound one."""

import pytest
from msgspec.structs import replace

from .checker import ACCEPTANCE, HANDOVER, check
from .history import Entry, Operation, Phase

SENT = {"sha256": "aa", "document_id": "d1"}
PACKAGE = {"package_id": "p1", **SENT}
TO = ("H99.02",)


def entry(actor, operation, phase=Phase.OK, **fields):
    return Entry(at=0.0, actor=actor, operation=operation, phase=phase, **fields)


def receipt(event, text, position, actor="s1", **fields):
    said = {**PACKAGE, **fields}
    return entry(actor, Operation.RECEIPT, event=event, receipt=text, position=position, is_verified=True, **said)


INVOKED = entry("s1", Operation.SUBMIT, Phase.INVOKE, recipients=TO, **SENT)
ACCEPTED = entry("s1", Operation.SUBMIT, recipients=TO, receipt="R1", **PACKAGE)
UNKNOWN = entry("s1", Operation.SUBMIT, Phase.UNKNOWN, recipients=TO, **SENT)
REFUSED = entry("s1", Operation.SUBMIT, Phase.FAIL, recipients=TO, **SENT)
ASKED = entry("s2", Operation.COLLECT, Phase.INVOKE)
OFFERED = entry("s2", Operation.COLLECT, delivery_id="v1", **PACKAGE)
FETCHED = entry("s2", Operation.FETCH, delivery_id="v1", **PACKAGE)
TAKEN = entry("H99.02", Operation.TAKE, delivery_id="v1", **PACKAGE)
ACKNOWLEDGED = entry("s2", Operation.ACKNOWLEDGE, delivery_id="v1", receipt="R2", **PACKAGE)
ACCEPTANCE_SHOWN = receipt(ACCEPTANCE, "R1", 1)
HANDOVER_SHOWN = receipt(HANDOVER, "R2", 2, delivery_id="v1")
SOUND = (
    INVOKED, ACCEPTED, ASKED, OFFERED, FETCHED, TAKEN, ACKNOWLEDGED, ACCEPTANCE_SHOWN, HANDOVER_SHOWN,
)  # fmt: skip


def broken(*entries):
    return {violation.invariant for violation in check(entries)}


def without(*left_out):
    return [each for each in SOUND if each not in left_out]


def with_other(old, **fields):
    return [replace(each, **fields) if each is old else each for each in SOUND]


def test_sound():
    """A package that was accepted, taken, acknowledged and receipted once violates nothing."""
    assert check(SOUND) == ()


def test_lost():
    """An accepted package that a recipient never took is lost (I1)."""
    assert broken(*without(TAKEN)) == {"I1"}


def test_invented():
    """A package that was taken and that nobody had accepted is invented (I2)."""
    assert broken(INVOKED, TAKEN) == {"I2"}


def test_unknown_may_arrive():
    """A package whose submission got no answer may arrive."""
    assert broken(INVOKED, UNKNOWN, TAKEN) == set()


def test_unknown_may_be_missing():
    """A package whose submission got no answer need not arrive."""
    assert broken(INVOKED, UNKNOWN) == set()


def test_taken_twice():
    """A document that reaches a recipient in two deliveries is doubled (I3)."""
    assert broken(*SOUND, replace(TAKEN, delivery_id="v2")) == {"I3"}


def test_offered_after_handover():
    """A delivery that is offered again after its acknowledgement was answered is doubled (I3)."""
    assert broken(*SOUND, ASKED, OFFERED) == {"I3"}


def test_offered_while_acknowledged():
    """An offer that was asked for before the acknowledgement was answered is no violation."""
    assert broken(*SOUND, OFFERED) == set()


def test_changed():
    """Fetched bytes that nobody sent are changed bytes (I4)."""
    assert broken(*with_other(FETCHED, sha256="bb")) == {"I4"}


def test_misdirected():
    """A package that somebody took for whom it was not meant is misdirected (I2)."""
    assert broken(*SOUND, replace(TAKEN, actor="H99.03")) == {"I2"}


def test_exchanged():
    """Bytes of another package, which somebody did send, are changed bytes (I4)."""
    other = {"sha256": "bb", "document_id": "d2"}
    sent = [replace(INVOKED, **other), replace(UNKNOWN, **other)]
    assert broken(*sent, *with_other(FETCHED, sha256="bb")) == {"I4"}


def test_no_acceptance_shown():
    """An accepted package without an acceptance in the feed lacks its receipt (I5)."""
    assert broken(*without(ACCEPTANCE_SHOWN)) == {"I5"}


def test_other_acceptance_shown():
    """The acceptance in the feed is the one that was answered, byte for byte (I5)."""
    assert broken(*with_other(ACCEPTANCE_SHOWN, receipt="R9")) == {"I5"}


def test_other_acceptance_answered():
    """A repeated submission is answered with the same receipt (I5)."""
    assert broken(*SOUND, replace(ACCEPTED, receipt="R9")) == {"I5"}


def test_two_handovers():
    """One recipient has one handover receipt (I5)."""
    assert broken(*SOUND, receipt(HANDOVER, "R9", 3, delivery_id="v1")) == {"I5"}


def test_other_handover_answered():
    """An acknowledgement is answered with the receipt that the feed shows (I5)."""
    assert broken(*with_other(ACKNOWLEDGED, receipt="R9")) == {"I5"}


def test_unverified():
    """A receipt that does not verify is none (I5)."""
    assert broken(*with_other(HANDOVER_SHOWN, is_verified=False)) == {"I5"}


def test_refused_and_accepted():
    """What was refused has no acceptance (I6)."""
    assert "I6" in broken(INVOKED, REFUSED, ACCEPTANCE_SHOWN)


def test_refused_and_taken():
    """What was refused reaches nobody (I6)."""
    assert "I6" in broken(INVOKED, REFUSED, TAKEN)


@pytest.mark.parametrize(
    "fault_at, taken_at, found", [(0, 61, {"I8"}), (0, 59, set()), (30, 89, set()), (30, 91, {"I8"})]
)
def test_waiting(fault_at, taken_at, found):
    """What waits for its filing for more than a minute after the last fault and its acceptance waits too long (I8)."""
    fault = replace(entry("site", Operation.FAULT, note="kill"), at=fault_at)
    assert broken(fault, *with_other(TAKEN, at=taken_at)) == found


def test_repeated_as_two():
    """A submission that was repeated after an unknown end is one package (I10)."""
    again = receipt(ACCEPTANCE, "R9", 3, package_id="p2")
    assert broken(INVOKED, UNKNOWN, *SOUND, again) == {"I10"}


def test_feed_out_of_order():
    """Positions in a feed rise."""
    assert broken(*with_other(HANDOVER_SHOWN, position=1)) == {"feed"}


def test_feed_repeats():
    """No receipt stands twice in a feed."""
    assert broken(*SOUND, replace(HANDOVER_SHOWN, position=3)) == {"feed"}


def test_both_feeds():
    """A handover stands in the feed of the sender and of the recipient."""
    assert broken(*SOUND, replace(HANDOVER_SHOWN, actor="s2")) == set()
