"""The tables of a hub's upkeep: what was lost and taken as lost, what must be kept, and what may be purged when."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from adapters.storage.tables import metadata, packages

#: One row for each time that a backup was restored or a loss was accepted. The first epoch, before any, has none.
epochs = Table(
    "epochs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 2
    Column("begun_at", BigInteger, nullable=False),
    Column("cause", String, nullable=False),
    # The newest event of the database then, and the newest that is known to have been; no event: NULL.
    Column("kept_seq", BigInteger, nullable=False),
    Column("kept_event", String(36)),
    Column("lost_seq", BigInteger, nullable=False),
    Column("lost_event", String(36)),
)

#: Packages whose content stays, whatever the policy says.
holds = Table(
    "holds",
    metadata,
    Column("package_id", String(36), ForeignKey(packages.c.id), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("reason", String, nullable=False),
)

#: How far the purge has come through the packages, by their time of acceptance; one row.
purge_cursor = Table(
    "purge_cursor",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("accepted_at", BigInteger, nullable=False),
    Column("package_id", String(36), nullable=False),
)

#: Packages behind the cursor that could not be purged then, and when to look at them again.
purge_later = Table(
    "purge_later",
    metadata,
    Column("package_id", String(36), ForeignKey(packages.c.id), primary_key=True),
    Column("look_at", BigInteger, nullable=False),
    Index("ix_purge_later_look_at", "look_at", "package_id"),
)
