"""Indexes for lists that had none: what is rare, an agency's receipts in one system's eyes, published orders by system."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_RECEIPTED = "jws IS NOT NULL"
_RECEIPTED_DELIVERY = "jws IS NOT NULL AND delivery_id IS NOT NULL"
_RARE = "event NOT IN ('SubmissionAcceptance', 'ContentConsignment', 'ContentHandover', 'Queuing') AND jws IS NOT NULL"
_UNFINISHED = "state NOT IN ('handed_over', 'withdrawn', 'refused', 'expired')"

_EVENTS = {
    "ix_events_sender": (["sender", "sender_system", "seq"], _RECEIPTED),
    "ix_events_sender_to": (["sender", "recipient_system", "seq"], _RECEIPTED_DELIVERY),
    "ix_events_recipient": (["recipient", "recipient_system", "seq"], _RECEIPTED_DELIVERY),
    "ix_events_recipient_from": (["recipient", "sender_system", "seq"], _RECEIPTED_DELIVERY),
    "ix_events_rare_sender_system": (["sender_system", "event", "seq"], _RARE),
    "ix_events_rare_recipient_system": (["recipient_system", "event", "seq"], _RARE),
    "ix_events_rare_sender": (["sender", "sender_system", "event", "seq"], _RARE),
    "ix_events_rare_sender_to": (["sender", "recipient_system", "event", "seq"], _RARE),
    "ix_events_rare_recipient": (["recipient", "recipient_system", "event", "seq"], _RARE),
    "ix_events_rare_recipient_from": (["recipient", "sender_system", "event", "seq"], _RARE),
}


def upgrade() -> None:
    for name, table in (
        ("ix_orders_published", "orders"),
        ("ix_deliveries_state", "deliveries"),
        ("ix_events_sender", "events"),
        ("ix_events_recipient", "events"),
    ):
        op.drop_index(name, table)
    _create("ix_orders_published", "orders", ["system_id", "published_at"], "state = 'published'")
    _create("ix_deliveries_state", "deliveries", ["state", "id", "system_id", "lane"], _UNFINISHED)
    for name, (columns, where) in _EVENTS.items():
        _create(name, "events", columns, where)


def _create(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
