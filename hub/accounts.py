"""Who may talk to the hub: systems by API key or client certificate, people by key or password, and their roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from hub.limits import SystemLimits
from hub.shared_secrets import SharedSecret, VxpTerms
from hub.upstreams import Upstream
from routing.directory import Directory
from routing.values import Agency, System
from signing.verify import RegisteredCertificate


class Role(StrEnum):
    """What a caller may do."""

    SYSTEM = "system"  #: a connected computer system, for its own agencies
    OPERATOR = "operator"  #: watches and re-drives deliveries
    AUDITOR = "auditor"  #: reads every package's receipts and events
    ADMIN = "admin"  #: changes the directory


class ApiKey(Struct, frozen=True, kw_only=True):
    """A bearer key `axk_<key_id>_<secret>` of a system or of a user (exactly one). Only the secret's SHA-256 is kept."""

    key_id: str
    secret_sha256: str
    system_id: str | None
    user_name: str | None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """Whether the key may be used at `at`."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class SystemCertificate(Struct, frozen=True, kw_only=True):
    """A TLS client certificate bound to a system by the SHA-256 of its DER form (hex). `subject` is for people."""

    sha256: str
    system_id: str
    subject: str
    not_before: datetime
    not_after: datetime
    added_at: datetime

    def is_valid(self, at: datetime) -> bool:
        """Whether the certificate may be used at `at`."""
        return self.not_before <= at <= self.not_after


class FormerSecret(Struct, frozen=True):
    """The secret of a webhook before its present one: calls are signed with both until a time."""

    secret: str
    until: datetime


class User(Struct, frozen=True, kw_only=True):
    """A person. `password_phc` is an Argon2id hash in PHC form."""

    name: str
    role: Role
    password_phc: str
    is_active: bool = True


class Caller(Struct, frozen=True):
    """An authenticated caller: a system, or a user with a role."""

    name: str
    role: Role

    @property
    def system_id(self) -> str | None:
        """The system's id; None for people."""
        return self.name if self.role is Role.SYSTEM else None


class Register(Struct, frozen=True):
    """What the store holds about systems, agencies, certificates and accounts; read whole, replaced whole on change."""

    version: int
    systems: tuple[System, ...]
    agencies: tuple[Agency, ...]
    certificates: tuple[RegisteredCertificate, ...]
    api_keys: tuple[ApiKey, ...]
    users: tuple[User, ...]
    webhook_secrets: Mapping[str, str]
    system_certificates: tuple[SystemCertificate, ...] = ()
    limits: Mapping[str, SystemLimits] = {}
    shared_secrets: tuple[SharedSecret, ...] = ()
    vxp_terms: Mapping[str, VxpTerms] = {}
    upstreams: Mapping[str, Upstream] = {}
    former_webhook_secrets: Mapping[str, FormerSecret] = {}


class Snapshot(Struct, frozen=True):
    """The register in the form that requests use: immutable, swapped whole when its version changes."""

    directory: Directory
    certificates: Mapping[str, RegisteredCertificate]
    api_keys: Mapping[str, ApiKey]
    users: Mapping[str, User]
    webhook_secrets: Mapping[str, str]
    system_certificates: Mapping[str, SystemCertificate]
    limits: Mapping[str, SystemLimits]
    shared_secrets: Mapping[str, tuple[SharedSecret, ...]]
    vxp_terms: Mapping[str, VxpTerms]
    upstreams: Mapping[str, Upstream]
    former_webhook_secrets: Mapping[str, FormerSecret]

    @classmethod
    def of(cls, register: Register) -> Snapshot:
        """Index a register."""
        return cls(
            directory=Directory.build(register.systems, register.agencies, version=register.version),
            certificates={each.sha256: each for each in register.certificates},
            api_keys={each.key_id: each for each in register.api_keys},
            users={each.name: each for each in register.users},
            webhook_secrets=dict(register.webhook_secrets),
            system_certificates={each.sha256: each for each in register.system_certificates},
            limits=dict(register.limits),
            shared_secrets=_by_system(register.shared_secrets),
            vxp_terms=dict(register.vxp_terms),
            upstreams=dict(register.upstreams),
            former_webhook_secrets=dict(register.former_webhook_secrets),
        )

    @classmethod
    def empty(cls) -> Snapshot:
        """Return the snapshot before the first load: it knows nobody."""
        return cls.of(Register(0, (), (), (), (), (), {}))

    def registered(self, certificate_sha256: str) -> RegisteredCertificate | None:
        """Return the registered certificate with this SHA-256 (the `signing.verify.Registry` protocol)."""
        return self.certificates.get(certificate_sha256)


def _by_system(secrets: Iterable[SharedSecret]) -> dict[str, tuple[SharedSecret, ...]]:
    found: defaultdict[str, list[SharedSecret]] = defaultdict(list)
    for each in secrets:
        found[each.system_id].append(each)
    return {system_id: tuple(each) for system_id, each in found.items()}
