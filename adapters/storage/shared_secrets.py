"""What the register knows of callers by the national SDK's protocol: their sealed secrets, and the terms they connect on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from adapters.storage.bulk import BulkInsert, BulkUpsert, Row
from adapters.storage.register_changes import RegisterChanges, expect
from adapters.storage.register_tables import shared_secrets, systems, vxp_terms
from adapters.storage.times import micros, micros_or_none, moment, moment_or_none
from hub.shared_secrets import SharedSecret, VxpTerms

_add_secrets = BulkInsert(shared_secrets)
_put_terms = BulkUpsert(vxp_terms)


class SharedSecrets(RegisterChanges):
    """The part of the register that administers them."""

    async def add_shared_secret(self, secret: SharedSecret) -> None:
        """Give a system a secret beside those that it has."""

        def work(connection: Connection) -> None:
            expect(connection, shared_secrets, secret.id, exists=False)
            expect(connection, systems, secret.system_id, exists=True)
            _add_secrets(connection, [_secret_row(secret)])

        await self._change(work)

    async def expire_shared_secret(self, secret_id: str, at: datetime) -> None:
        """Let a secret expire at `at`: until then it and its successor are both good."""
        await self._set_secret(secret_id, expires_at=micros(at))

    async def revoke_shared_secret(self, secret_id: str, at: datetime) -> None:
        """Revoke a secret from `at` on."""
        await self._set_secret(secret_id, revoked_at=micros(at))

    async def set_vxp_terms(self, system_id: str, terms: VxpTerms) -> None:
        """Set the terms on which a system connects, in place of earlier ones."""

        def work(connection: Connection) -> None:
            expect(connection, systems, system_id, exists=True)
            row = (system_id, " ".join(terms.networks), terms.needs_certificate, terms.may_enrol)
            _put_terms(connection, [row])

        await self._change(work)

    async def _set_secret(self, secret_id: str, **values: object) -> None:
        def work(connection: Connection) -> None:
            expect(connection, shared_secrets, secret_id, exists=True)
            connection.execute(update(shared_secrets).where(shared_secrets.c.id == secret_id).values(**values))

        await self._change(work)


def read_shared_secrets(connection: Connection) -> tuple[SharedSecret, ...]:
    """Return all secrets, newest first: the newest is the likeliest to fit."""
    found = connection.execute(select(shared_secrets).order_by(shared_secrets.c.created_at.desc(), shared_secrets.c.id))
    return tuple(
        SharedSecret(
            id=row.id,
            system_id=row.system_id,
            sealed=row.sealed,
            created_at=moment(row.created_at),
            expires_at=moment_or_none(row.expires_at),
            revoked_at=moment_or_none(row.revoked_at),
        )
        for row in found
    )


def read_vxp_terms(connection: Connection) -> dict[str, VxpTerms]:
    """Return the terms of every system that has its own."""
    return {
        row.system_id: VxpTerms(
            networks=tuple(row.networks.split()), needs_certificate=row.needs_certificate, may_enrol=row.may_enrol
        )
        for row in connection.execute(select(vxp_terms))
    }


def _secret_row(secret: SharedSecret) -> Row:
    return (
        secret.id,
        secret.system_id,
        secret.sealed,
        micros(secret.created_at),
        micros_or_none(secret.expires_at),
        micros_or_none(secret.revoked_at),
    )
