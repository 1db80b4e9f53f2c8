"""Administration of systems, agencies, certificates and accounts.

Every change raises the register's version in its own transaction, and a running hub then reads the register whole; so nothing
here has to be quick but the import of a whole directory (120,000 agencies).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Table, delete, select, update

from adapters.storage import register_rows as rows
from adapters.storage.agency_requests import AgencyRequestBook
from adapters.storage.bulk import BulkInsert, BulkSelect, BulkUpsert, Row
from adapters.storage.register_changes import Circular, expect, key_of
from adapters.storage.register_tables import (
    agencies,
    agency_aliases,
    api_keys,
    certificates,
    credential_uses,
    former_webhook_secrets,
    register_version,
    system_certificates,
    system_limits,
    systems,
    users,
)
from adapters.storage.shared_secrets import SharedSecrets
from adapters.storage.times import micros, moment
from adapters.storage.upstreams import Upstreams
from hub.accounts import ApiKey, Register, SystemCertificate, User
from hub.agency_requests import AgencyRequest, approved
from hub.limits import SystemLimits
from routing.values import Agency, System
from signing.verify import RegisteredCertificate

_IMPORT = timedelta(minutes=10)  #: 120,000 agencies take a server that has other work some ten seconds
_SYSTEM_COLUMNS = tuple(column.name for column in systems.columns if column.name != "webhook_secret")

_put_systems = BulkUpsert(systems, _SYSTEM_COLUMNS)
_put_agencies = BulkUpsert(agencies)
_put_certificates = BulkUpsert(certificates)
_put_users = BulkUpsert(users)
_put_api_keys = BulkUpsert(api_keys)
_put_system_certificates = BulkUpsert(system_certificates)
_put_limits = BulkUpsert(system_limits)
_put_former_secrets = BulkUpsert(former_webhook_secrets)
_put_uses = BulkUpsert(credential_uses)
_add_aliases = BulkInsert(agency_aliases)
_parents = BulkSelect(
    agencies,
    width=1,
    columns="agencies.code, agencies.parent",
    condition="agencies.code = v.column1 AND agencies.parent IS NOT NULL",
)
_version = select(register_version.c.version)


class Registers(SharedSecrets, AgencyRequestBook, Upstreams):
    """Reads and changes the register. Raises `AlreadyRegistered`, `NotRegistered`, `Circular`, `Deferral`."""

    async def register_version(self) -> int:
        """Return a number that grows with every change of the register."""
        return await self._database.read(_read_version)

    async def load_register(self) -> Register:
        """Return the whole register as it stands at one moment."""
        return await self._database.read(lambda connection: rows.read_register(connection, _read_version(connection)))

    async def add_system(self, system: System, webhook_secret: str | None = None) -> None:
        """Add a system."""

        def work(connection: Connection) -> None:
            expect(connection, systems, system.id, exists=False)
            _put_systems(connection, [rows.system_row(system)])
            _set_secrets(connection, {} if webhook_secret is None else {system.id: webhook_secret})

        await self._change(work)

    async def update_system(
        self, system: System, webhook_secret: str | None = None, former_until: datetime | None = None
    ) -> None:
        """Change a system; without a new secret the old one stays. `former_until`: until when that is used beside the new one."""

        def work(connection: Connection) -> None:
            expect(connection, systems, system.id, exists=True)
            _put_systems(connection, [rows.system_row(system)])
            if webhook_secret is not None:
                _keep_former(connection, system.id, former_until)
            _set_secrets(connection, {} if webhook_secret is None else {system.id: webhook_secret})

        await self._change(work)

    async def suspend_system(self, system_id: str, *, is_active: bool = False) -> None:
        """Suspend a system, or let it work again."""
        await self._set(systems, system_id, is_active=is_active)

    async def forget_address(self, system_id: str, address: str) -> bool:
        """Forget an address that is gone, unless the system was given another one meanwhile; return whether it has none."""
        theirs = systems.c.id == system_id

        def work(connection: Connection) -> None:
            expect(connection, systems, system_id, exists=True)
            connection.execute(update(systems).where(theirs, systems.c.webhook_url == address).values(webhook_url=None))

        await self._change(work)
        present = select(systems.c.webhook_url).where(theirs)
        return await self._database.read(lambda connection: connection.execute(present).scalar() is None)

    async def add_agency(self, agency: Agency) -> None:
        """Add an agency with its old codes."""
        await self._put_agency(agency, exists=False)

    async def update_agency(self, agency: Agency) -> None:
        """Change an agency; its old codes are replaced."""
        await self._put_agency(agency, exists=True)

    async def suspend_agency(self, code: str, *, is_suspended: bool = True) -> None:
        """Suspend an agency, or let it take part again."""
        await self._set(agencies, code, is_suspended=is_suspended)

    async def add_certificate(self, certificate: RegisteredCertificate) -> None:
        """Register a certificate to its agency."""

        def work(connection: Connection) -> None:
            expect(connection, certificates, certificate.sha256, exists=False)
            expect(connection, agencies, certificate.agency_code, exists=True)
            _put_certificates(connection, [rows.certificate_row(certificate)])

        await self._change(work)

    async def suspend_certificate(self, sha256: str, *, is_suspended: bool = True) -> None:
        """Suspend a certificate, or trust it again."""
        await self._set(certificates, sha256, is_suspended=is_suspended)

    async def add_user(self, user: User) -> None:
        """Add a person."""
        await self._put_user(user, exists=False)

    async def update_user(self, user: User) -> None:
        """Change a person's role, password or activity."""
        await self._put_user(user, exists=True)

    async def add_api_key(self, key: ApiKey) -> None:
        """Add a bearer key of a system or a person."""

        def work(connection: Connection) -> None:
            expect(connection, api_keys, key.key_id, exists=False)
            if key.system_id is not None:
                expect(connection, systems, key.system_id, exists=True)
            if key.user_name is not None:
                expect(connection, users, key.user_name, exists=True)
            _put_api_keys(connection, [rows.api_key_row(key)])

        await self._change(work)

    async def revoke_api_key(self, key_id: str, at: datetime) -> None:
        """Revoke a bearer key from `at` on."""
        await self._set(api_keys, key_id, revoked_at=micros(at))

    async def expire_api_key(self, key_id: str, at: datetime) -> None:
        """Let a bearer key expire at `at`: until then it and its successor are both good."""
        await self._set(api_keys, key_id, expires_at=micros(at))

    async def add_system_certificate(self, certificate: SystemCertificate) -> None:
        """Bind a client certificate to a system; it can be bound to one only."""

        def work(connection: Connection) -> None:
            expect(connection, system_certificates, certificate.sha256, exists=False)
            expect(connection, systems, certificate.system_id, exists=True)
            _put_system_certificates(connection, [rows.system_certificate_row(certificate)])

        await self._change(work)

    async def remove_system_certificate(self, sha256: str) -> None:
        """Take a client certificate from its system."""

        def work(connection: Connection) -> None:
            expect(connection, system_certificates, sha256, exists=True)
            connection.execute(delete(system_certificates).where(system_certificates.c.sha256 == sha256))

        await self._change(work)

    async def set_limits(self, system_id: str, limits: SystemLimits) -> None:
        """Grant a system limits of its own, in place of earlier ones."""

        def work(connection: Connection) -> None:
            expect(connection, systems, system_id, exists=True)
            _put_limits(connection, [rows.limits_row(system_id, limits)])

        await self._change(work)

    async def approve_request(self, request_id: str, at: datetime, on: date) -> None:
        """Say yes: the directory changes as asked, from the day `on`."""

        def carry_out(connection: Connection, request: AgencyRequest, on: date) -> None:
            known = rows.read_agency(connection, request.code)
            _write_agencies(connection, (approved(request, known, on),))

        await self._approve(request_id, at, on, carry_out)

    async def credential_uses(self) -> dict[str, datetime]:
        """Return when each API key (by key id) and client certificate (by SHA-256) was last seen, to about a minute."""
        found = await self._database.read(lambda connection: connection.execute(select(credential_uses)).all())
        return {row.id: moment(row.last_used_at) for row in found}

    async def note_uses(self, uses: Mapping[str, datetime]) -> None:
        """Write when credentials were last seen; the register's version stays."""
        found = [(name, micros(at)) for name, at in uses.items()]
        await self._database.writer.run(lambda connection: _put_uses(connection, found))

    async def import_entries(
        self,
        *,
        systems: Iterable[System] = (),
        agencies: Iterable[Agency] = (),
        certificates: Iterable[RegisteredCertificate] = (),
        webhook_secrets: Mapping[str, str] | None = None,
    ) -> None:
        """Add or replace many entries at once, all or none; nothing that is not named is removed. Raises `NotRegistered`."""
        system_rows = [rows.system_row(each) for each in systems]
        listed = tuple(agencies)
        certificate_rows = [rows.certificate_row(each) for each in certificates]

        def work(connection: Connection) -> None:
            _put_systems(connection, system_rows)
            _require_systems(connection, listed)
            _write_agencies(connection, listed)
            _put_certificates(connection, certificate_rows)
            _set_secrets(connection, webhook_secrets or {})

        await self._change(work, may_take=_IMPORT)

    async def _put_agency(self, agency: Agency, *, exists: bool) -> None:
        def work(connection: Connection) -> None:
            expect(connection, agencies, agency.code, exists=exists)
            if agency.system_id is not None:
                expect(connection, systems, agency.system_id, exists=True)
            if agency.parent not in {None, _parent_of(connection, agency.code)}:
                expect(connection, agencies, agency.parent, exists=True)
            _write_agencies(connection, (agency,))

        await self._change(work)

    async def _put_user(self, user: User, *, exists: bool) -> None:
        def work(connection: Connection) -> None:
            expect(connection, users, user.name, exists=exists)
            _put_users(connection, [rows.user_row(user)])

        await self._change(work)

    async def _set(self, table: Table, name: str, **values: object) -> None:
        def work(connection: Connection) -> None:
            expect(connection, table, name, exists=True)
            connection.execute(update(table).where(key_of(table) == name).values(**values))

        await self._change(work)


def _read_version(connection: Connection) -> int:
    version: int = connection.execute(_version).scalar_one()
    return version


def _parent_of(connection: Connection, code: str) -> str | None:
    """Return the parent that an agency has; one that was imported may have a parent outside the directory."""
    parent: str | None = connection.execute(select(agencies.c.parent).where(agencies.c.code == code)).scalar()
    return parent


def _require_systems(connection: Connection, entries: Iterable[Agency]) -> None:
    for system_id in sorted({each.system_id for each in entries if each.system_id is not None}):
        expect(connection, systems, system_id, exists=True)


def _write_agencies(connection: Connection, entries: tuple[Agency, ...]) -> None:
    aliases: list[Row] = [alias for each in entries for alias in rows.alias_rows(each)]
    _put_agencies(connection, [rows.agency_row(each) for each in entries])
    for start in range(0, len(entries), 500):
        codes = [each.code for each in entries[start : start + 500]]
        connection.execute(delete(agency_aliases).where(agency_aliases.c.agency_code.in_(codes)))
    _add_aliases(connection, aliases)
    _require_tree(connection, entries)


def _require_tree(connection: Connection, entries: Sequence[Agency]) -> None:
    """Raise `Circular` when one of these agencies stands below itself: clients walk up, or down, and would never end."""
    above = _above(connection, entries)
    good: set[str] = set()
    for each in entries:
        path: set[str] = set()
        code = each.code
        while code in above and code not in good:
            if code in path:
                raise Circular(code)
            path.add(code)
            code = above[code]
        good |= path


def _above(connection: Connection, entries: Sequence[Agency]) -> dict[str, str]:
    """Return the parents of these agencies and of all that stand above them: each looked up once, level by level."""
    above = {each.code: each.parent for each in entries if each.parent is not None}
    asked = {each.code for each in entries}
    wanted = set(above.values()) - asked
    while wanted:
        asked |= wanted
        found = {row[0]: row[1] for row in _parents(connection, [(code,) for code in sorted(wanted)]).rows()}
        above |= found
        wanted = set(found.values()) - asked
    return above


def _keep_former(connection: Connection, system_id: str, until: datetime | None) -> None:
    """Keep the present secret beside the one that will take its place, until a time; what was kept before is dropped."""
    connection.execute(delete(former_webhook_secrets).where(former_webhook_secrets.c.system_id == system_id))
    secret = connection.execute(select(systems.c.webhook_secret).where(systems.c.id == system_id)).scalar_one()
    if secret is not None and until is not None:
        _put_former_secrets(connection, [(system_id, secret, micros(until))])


def _set_secrets(connection: Connection, secrets: Mapping[str, str]) -> None:
    for system_id, secret in secrets.items():
        connection.execute(update(systems).where(systems.c.id == system_id).values(webhook_secret=secret))
