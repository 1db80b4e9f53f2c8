"""Enrolling further callers in a register whose hub does not run, or reads it again."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from adapters.storage.register_tables import agencies, api_keys, register_version, systems
from hub import keys


def enrol_asking(connection: Connection, system_id: str) -> None:
    """Add a system that asks, unless it is there."""
    known = connection.execute(select(systems.c.id).where(systems.c.id == system_id)).first()
    if known is None:
        row = {"id": system_id, "name": system_id, "binding": "pull", "policy": "transport", "is_active": True}
        connection.execute(insert(systems), row)


def enrol_agency(connection: Connection, code: str, system_id: str) -> None:
    """Add an agency that a system acts for."""
    connection.execute(insert(agencies), {"code": code, "name": code, "system_id": system_id, "is_suspended": False})


def new_key(connection: Connection, *, system_id: str | None = None, user_name: str | None = None) -> str:
    """Return a new API key of a system or a person."""
    key = keys.make()
    row = {"key_id": key.key_id, "secret_sha256": key.secret_sha256, "created_at": 0}
    connection.execute(insert(api_keys), {**row, "system_id": system_id, "user_name": user_name})
    return key.text


def count_up(connection: Connection) -> None:
    """Make a running hub read its register again."""
    connection.execute(update(register_version).values(version=register_version.c.version + 1))
