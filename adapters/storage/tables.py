"""The tables of the exchange: what was accepted, where each delivery stands, what must be carried, and what happened.

Every list of the API has an index here. Times are microseconds (`adapters.storage.times`), identifiers text, so that
rows can be written and read without conversion on every engine. Deliveries and events name systems and agencies
without a foreign key: they keep what was true when they were written, whatever becomes of the directory.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from adapters.storage.terms import (
    CONSIGNED,
    OF_DELIVERY,
    PUBLISHED,
    RARE_EVENT,
    RARE_RECEIPT,
    RECEIPTED,
    RECEIPTED_DELIVERY,
    UNFINISHED,
    WAITING,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Counter = BigInteger().with_variant(
    Integer, "sqlite"
)  # SQLite counts only in a column that is exactly INTEGER PRIMARY KEY


def _index(name: str, *columns: str, where: str | None = None) -> Index:
    """Return an index, partial when `where` is given; queries must repeat `where` word for word (see `terms`)."""
    if where is None:
        return Index(name, *columns)
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


packages = Table(
    "packages",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("key", String, nullable=False),
    Column("document_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("business", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("system_id", String, nullable=False),
    Column("notation", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("urgency", SmallInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("signature_result", String, nullable=False),
    Column("signer", String),
    Column("policy", String, nullable=False),
    Column("details", String, nullable=False),  # JSON; empty when there is nothing to say
    UniqueConstraint("sender", "key"),
    _index("ix_packages_newest", "accepted_at", "id"),
    _index("ix_packages_system", "system_id", "accepted_at", "id"),
    _index("ix_packages_document", "document_id", "accepted_at", "id"),
    _index("ix_packages_notation", "notation", "accepted_at", "id"),
    _index("ix_packages_content", "sha256"),
)

contents = Table(
    "contents",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary),  # NULL: a file in the content folder, named by the SHA-256, unless it was purged
    Column("purged_at", BigInteger),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("package_id", String(36), ForeignKey(packages.c.id), nullable=False),
    Column("position", Integer, nullable=False),  # in the order of the envelope's recipients
    Column("recipient", String, nullable=False),
    Column("system_id", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("state", String, nullable=False),
    Column("deadline_at", BigInteger, nullable=False),
    Column("business_status", String),
    Column("consigned_at", BigInteger),
    Column("handed_over_at", BigInteger),
    Column("lease_until", BigInteger, nullable=False),  # 0: nobody has looked yet
    _index("ix_deliveries_package", "package_id", "position"),
    _index("ix_deliveries_inbox", "system_id", "lane", "id", "lease_until", where=CONSIGNED),
    _index("ix_deliveries_deadline", "deadline_at", where=UNFINISHED),
    _index("ix_deliveries_state", "state", "id", "system_id", "lane", where=UNFINISHED),
)

events = Table(
    "events",
    metadata,
    Column("seq", Counter, primary_key=True),  # follows the order of commits; the feed's cursor
    Column("id", String(36), nullable=False),
    Column("event", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("package_id", String(36), ForeignKey(packages.c.id)),
    Column("document_id", String),
    Column("sender", String),
    Column("sender_system", String),
    Column("delivery_id", String(36), ForeignKey(deliveries.c.id)),
    Column("recipient", String),
    Column("recipient_system", String),
    Column("state", String),
    Column("reason_code", String),
    Column("reason_text", String),
    Column("jws", String),  # NULL: not receipted
    UniqueConstraint("id"),
    _index("ix_events_package", "package_id", "seq"),
    _index("ix_events_delivery", "delivery_id", "seq", where="delivery_id IS NOT NULL"),
    _index("ix_events_sender_system", "sender_system", "seq", where=RECEIPTED),
    _index("ix_events_recipient_system", "recipient_system", "seq", where=RECEIPTED),
    # An agency's receipts as one system sees them: the agency and the system on either side.
    _index("ix_events_sender", "sender", "sender_system", "seq", where=RECEIPTED),
    _index("ix_events_sender_to", "sender", "recipient_system", "seq", where=RECEIPTED_DELIVERY),
    _index("ix_events_recipient", "recipient", "recipient_system", "seq", where=RECEIPTED_DELIVERY),
    _index("ix_events_recipient_from", "recipient", "sender_system", "seq", where=RECEIPTED_DELIVERY),
    _index("ix_events_at", "at", "seq", where=RECEIPTED),
    # What happens to few packages would be far apart in the indexes above; most events are in none of these.
    _index("ix_events_rare", "event", "seq", where=RARE_EVENT),
    _index("ix_events_rare_sender_system", "sender_system", "event", "seq", where=RARE_RECEIPT),
    _index("ix_events_rare_recipient_system", "recipient_system", "event", "seq", where=RARE_RECEIPT),
    _index("ix_events_rare_sender", "sender", "sender_system", "event", "seq", where=RARE_RECEIPT),
    _index("ix_events_rare_sender_to", "sender", "recipient_system", "event", "seq", where=RARE_RECEIPT),
    _index("ix_events_rare_recipient", "recipient", "recipient_system", "event", "seq", where=RARE_RECEIPT),
    _index("ix_events_rare_recipient_from", "recipient", "sender_system", "event", "seq", where=RARE_RECEIPT),
    sqlite_autoincrement=True,
)

orders = Table(
    "orders",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("purpose", String, nullable=False),
    Column("system_id", String, nullable=False),
    Column("binding", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("delivery_id", String(36), ForeignKey(deliveries.c.id)),
    Column("event_id", String(36), ForeignKey(events.c.id)),
    Column("attempts", Integer, nullable=False),
    Column("state", String, nullable=False),  # waiting, published, done
    Column("published_at", BigInteger),
    Column("error", String),
    # 1 from a failed attempt until the next claim: the relay's late word that the broker has it is then about the attempt before.
    Column("is_postponed", SmallInteger, nullable=False),
    _index("ix_orders_due", "lane", "due_at", "id", where=WAITING),
    _index("ix_orders_published", "system_id", "published_at", where=PUBLISHED),
    _index("ix_orders_delivery", "delivery_id", "id", where=OF_DELIVERY),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("system_id", String, nullable=False),
    Column("code", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sender", String),
    Column("document_id", String),
    Column("faults", String, nullable=False),  # JSON; empty when there are none
    _index("ix_refusals_newest", "at", "id"),
    _index("ix_refusals_system", "system_id", "at", "id"),
    _index("ix_refusals_code", "code", "at", "id"),
    _index("ix_refusals_content", "sha256", "at", "id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("system_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    _index("ix_idempotency_keys_at", "at"),
)

queue = Table(
    "queue",
    metadata,
    Column("position", Counter, primary_key=True),
    Column("order_id", String(36), nullable=False),
    Column("system_id", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("visible_at", BigInteger, nullable=False),
    UniqueConstraint("order_id"),
    _index("ix_queue_next", "system_id", "lane", "position", "visible_at"),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)
