"""Entries of the register as rows, and back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from adapters.storage.bulk import Row
from adapters.storage.register_tables import (
    agencies,
    agency_aliases,
    api_keys,
    certificates,
    former_webhook_secrets,
    system_certificates,
    system_limits,
    systems,
    upstreams,
    users,
)
from adapters.storage.shared_secrets import read_shared_secrets, read_vxp_terms
from adapters.storage.times import micros, micros_or_none, moment, moment_or_none
from hub.accounts import ApiKey, FormerSecret, Register, Role, SystemCertificate, User
from hub.limits import SystemLimits
from hub.upstreams import Upstream
from routing.values import Agency, Binding, SignaturePolicy, System
from signing.verify import RegisteredCertificate


def system_row(system: System) -> Row:
    """Return the row of `systems` but for the webhook secret, which no `System` carries."""
    return (
        system.id,
        system.name,
        system.binding.value,
        system.policy.value,
        system.is_active,
        system.webhook_url,
    )


def agency_row(agency: Agency) -> Row:
    """Return the row of `agencies`."""
    return (
        agency.code,
        agency.name,
        agency.parent,
        agency.system_id,
        _iso(agency.valid_from),
        _iso(agency.valid_to),
        agency.is_suspended,
    )


def alias_rows(agency: Agency) -> list[Row]:
    """Return the rows of `agency_aliases`."""
    return [(agency.code, position, old) for position, old in enumerate(agency.old_codes)]


def certificate_row(certificate: RegisteredCertificate) -> Row:
    """Return the row of `certificates`."""
    return (certificate.sha256, certificate.agency_code, certificate.der, certificate.is_suspended)


def user_row(user: User) -> Row:
    """Return the row of `users`."""
    return (user.name, user.role.value, user.password_phc, user.is_active)


def api_key_row(key: ApiKey) -> Row:
    """Return the row of `api_keys`."""
    return (
        key.key_id,
        key.secret_sha256,
        key.system_id,
        key.user_name,
        micros(key.created_at),
        micros_or_none(key.expires_at),
        micros_or_none(key.revoked_at),
    )


def system_certificate_row(certificate: SystemCertificate) -> Row:
    """Return the row of `system_certificates`."""
    return (
        certificate.sha256,
        certificate.system_id,
        certificate.subject,
        micros(certificate.not_before),
        micros(certificate.not_after),
        micros(certificate.added_at),
    )


def limits_row(system_id: str, limits: SystemLimits) -> Row:
    """Return the row of `system_limits`."""
    return (
        system_id,
        limits.requests_per_second,
        limits.burst,
        limits.concurrent_submissions,
        limits.stored_bytes,
    )


def read_register(connection: Connection, version: int) -> Register:
    """Return everything, sorted by name."""
    found = connection.execute(select(systems).order_by(systems.c.id)).all()
    axes = connection.execute(select(upstreams)).all()
    reaches = {row.system_id: row.reaches for row in axes}
    return Register(
        version=version,
        systems=tuple(_system_of(row, reaches.get(row.id, "")) for row in found),
        agencies=_read_agencies(connection),
        certificates=tuple(
            RegisteredCertificate(row.sha256, row.agency_code, row.der, row.is_suspended)
            for row in connection.execute(select(certificates).order_by(certificates.c.sha256))
        ),
        api_keys=tuple(map(_api_key_of, connection.execute(select(api_keys).order_by(api_keys.c.key_id)))),
        users=tuple(
            User(name=row.name, role=Role(row.role), password_phc=row.password_phc, is_active=row.is_active)
            for row in connection.execute(select(users).order_by(users.c.name))
        ),
        webhook_secrets={row.id: row.webhook_secret for row in found if row.webhook_secret is not None},
        former_webhook_secrets={
            row.system_id: FormerSecret(row.secret, moment(row.until))
            for row in connection.execute(select(former_webhook_secrets))
        },
        system_certificates=tuple(
            map(
                _system_certificate_of,
                connection.execute(select(system_certificates).order_by(system_certificates.c.sha256)),
            )
        ),
        limits={row.system_id: _limits_of(row) for row in connection.execute(select(system_limits))},
        shared_secrets=read_shared_secrets(connection),
        vxp_terms=read_vxp_terms(connection),
        upstreams={row.system_id: _upstream_of(row) for row in axes},
    )


def _read_agencies(connection: Connection) -> tuple[Agency, ...]:
    old_codes: defaultdict[str, list[str]] = defaultdict(list)
    ordered = select(agency_aliases).order_by(agency_aliases.c.agency_code, agency_aliases.c.position)
    for row in connection.execute(ordered):
        old_codes[row.agency_code].append(row.old_code)
    return tuple(
        Agency(code, name, parent, system_id, tuple(old_codes.get(code, ())), _date(start), _date(end), suspended)
        for code, name, parent, system_id, start, end, suspended in connection.execute(
            select(agencies).order_by(agencies.c.code)
        )
    )


def read_agency(connection: Connection, code: str) -> Agency | None:
    """Return one agency by its present code."""
    row = connection.execute(select(agencies).where(agencies.c.code == code)).first()
    if row is None:
        return None
    ordered = (
        select(agency_aliases.c.old_code)
        .where(agency_aliases.c.agency_code == code)
        .order_by(agency_aliases.c.position)
    )
    old_codes = tuple(connection.execute(ordered).scalars())
    _, name, parent, system_id, start, end, suspended = row
    return Agency(code, name, parent, system_id, old_codes, _date(start), _date(end), suspended)


def _system_of(row: Any, reaches: str) -> System:
    return System(
        row.id,
        row.name,
        Binding(row.binding),
        SignaturePolicy(row.policy),
        row.is_active,
        row.webhook_url,
        tuple(reaches.split()),
    )


def _upstream_of(row: Any) -> Upstream:
    return Upstream(system_id=row.system_id, url=row.url, remote_id=row.remote_id, sealed=row.sealed)


def _api_key_of(row: Any) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        secret_sha256=row.secret_sha256,
        system_id=row.system_id,
        user_name=row.user_name,
        created_at=moment(row.created_at),
        expires_at=moment_or_none(row.expires_at),
        revoked_at=moment_or_none(row.revoked_at),
    )


def _system_certificate_of(row: Any) -> SystemCertificate:
    return SystemCertificate(
        sha256=row.sha256,
        system_id=row.system_id,
        subject=row.subject,
        not_before=moment(row.not_before),
        not_after=moment(row.not_after),
        added_at=moment(row.added_at),
    )


def _limits_of(row: Any) -> SystemLimits:
    return SystemLimits(
        requests_per_second=row.requests_per_second,
        burst=row.burst,
        concurrent_submissions=row.concurrent_submissions,
        stored_bytes=row.stored_bytes,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
