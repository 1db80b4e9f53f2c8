"""The tables of the register: systems, agencies, certificates and accounts, with one number that grows with every change."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table

from adapters.storage.tables import metadata

systems = Table(
    "systems",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("binding", String, nullable=False),
    Column("policy", String, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("webhook_url", String),
    Column("webhook_secret", String),
)

agencies = Table(
    "agencies",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("parent", String),  # no foreign key: a province may be loaded before its ministry
    Column("system_id", String, ForeignKey(systems.c.id)),
    Column("valid_from", String(10)),
    Column("valid_to", String(10)),
    Column("is_suspended", Boolean, nullable=False),
    Index("ix_agencies_system", "system_id"),
)

#: Several agencies may claim one old code; the directory then takes it for none of them.
agency_aliases = Table(
    "agency_aliases",
    metadata,
    Column("agency_code", String, ForeignKey(agencies.c.code, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("old_code", String, nullable=False),
)

certificates = Table(
    "certificates",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("agency_code", String, ForeignKey(agencies.c.code), nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("is_suspended", Boolean, nullable=False),
    Index("ix_certificates_agency", "agency_code"),
)

users = Table(
    "users",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("password_phc", String, nullable=False),
    Column("is_active", Boolean, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("secret_sha256", String(64), nullable=False),
    Column("system_id", String, ForeignKey(systems.c.id)),
    Column("user_name", String, ForeignKey(users.c.name)),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
)

#: What a webhook's calls are signed with beside the present secret, until its receiver has that one.
former_webhook_secrets = Table(
    "former_webhook_secrets",
    metadata,
    Column("system_id", String, ForeignKey(systems.c.id), primary_key=True),
    Column("secret", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)

#: TLS client certificates, each bound to one system.
system_certificates = Table(
    "system_certificates",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("system_id", String, ForeignKey(systems.c.id), nullable=False),
    Column("subject", String, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

#: What single systems are granted instead of the usual limits.
system_limits = Table(
    "system_limits",
    metadata,
    Column("system_id", String, ForeignKey(systems.c.id), primary_key=True),
    Column("requests_per_second", Float),
    Column("burst", Integer),
    Column("concurrent_submissions", Integer),
    Column("stored_bytes", BigInteger),
)

#: Secrets of callers by the national SDK's protocol, sealed under a key that is not in the database.
shared_secrets = Table(
    "shared_secrets",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("system_id", String, ForeignKey(systems.c.id), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
)

#: Where such callers may call from, and what they may do.
vxp_terms = Table(
    "vxp_terms",
    metadata,
    Column("system_id", String, ForeignKey(systems.c.id), primary_key=True),
    Column("networks", String, nullable=False),  # CIDR, separated by blanks
    Column("needs_certificate", Boolean, nullable=False),
    Column("may_enrol", Boolean, nullable=False),
)

#: Other axes that the hub is a system of; `reaches` are prefixes of agency codes, separated by blanks.
upstreams = Table(
    "upstreams",
    metadata,
    Column("system_id", String, ForeignKey(systems.c.id), primary_key=True),
    Column("url", String, nullable=False),
    Column("remote_id", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reaches", String, nullable=False),
)

#: What systems ask of the administrator: agencies to be registered or deleted. Not part of the register until approved.
agency_requests = Table(
    "agency_requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("system_id", String, nullable=False),
    Column("action", String, nullable=False),
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("parent", String),
    Column("contact", String, nullable=False),
    Column("state", String, nullable=False),
    Column("decided_at", BigInteger),
    Column("note", String, nullable=False),
    Index("ix_agency_requests_state", "state", "id"),
)

#: When a key or certificate was last seen, by key id or SHA-256. Not part of the register: it raises no version.
credential_uses = Table(
    "credential_uses",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("last_used_at", BigInteger, nullable=False),
)

register_version = Table(
    "register_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("version", BigInteger, nullable=False),
)
