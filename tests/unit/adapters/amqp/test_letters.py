"""What stands in the queue of a system that consumes it itself."""

import hashlib
from datetime import UTC, datetime

from adapters.amqp.letters import told_letter
from hub.events import Event
from hub.ids import EventId, uuid7
from hub.record import EventRecord


def test_digest_of_a_receipt():
    """The header `axis-sha256` of a receipt is that of its body."""
    event = EventRecord(
        id=EventId(uuid7()),
        event=Event.CONTENT_HANDOVER,
        at=datetime.now(UTC),
        package_id=None,
        document_id=None,
        sender=None,
        sender_system=None,
    )
    letter = told_letter(event)
    assert letter.headers["axis-sha256"] == hashlib.sha256(letter.body).hexdigest()
