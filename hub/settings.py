"""Every setting of a hub with its default and its bounds: one frozen value, read once from `axis.toml`.

Bounds hold for what is read (`hub.configuration`): beyond them a hub would fail at its first use of the value, or do nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

Port = Annotated[int, Meta(ge=0, le=65_535)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
AtLeastOne = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Rate = Annotated[float, Meta(ge=0, le=1e9)]
Share = Annotated[float, Meta(ge=0, le=1)]
#: Times up to a hundred years; none is negative, not a number, or endless.
Seconds = Annotated[float, Meta(ge=0, le=3_155_760_000)]
Minutes = Annotated[float, Meta(ge=0, le=52_596_000)]
Hours = Annotated[float, Meta(ge=0, le=876_600)]
Days = Annotated[float, Meta(ge=0, le=36_525)]


class HubSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who this hub is."""

    code: str = "H99"
    name: str = "Trục liên thông văn bản"
    base_url: str = "http://127.0.0.1:8080"


class ListenSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it listens, and the limits of that edge. Times in seconds."""

    host: str = "127.0.0.1"
    port: Port = 8080
    worker_port: Port = 0
    unix_socket: str = ""
    trusted_proxies: tuple[str, ...] = ()
    max_connections: AtLeastOne = 2000
    max_connections_per_address: AtLeastOne = 1500
    header_timeout: Seconds = 10.0
    body_timeout: Seconds = 120.0
    idle_timeout: Seconds = 75.0
    shutdown_timeout: Seconds = 30.0


class TlsSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A second listener with TLS (1.2 or newer) of the hub's own; there is none without a certificate."""

    host: str = "0.0.0.0"  # noqa: S104 - it is the listener that is meant to be reached; off by default
    port: Port = 8443
    certificate: str = ""
    key: str = ""
    client_ca: tuple[Path, ...] = ()
    client_certificate: Literal["optional", "required"] = "optional"


class IntakeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be handed in."""

    max_bytes: AtLeastOne = 58_720_256
    inline_bytes: Count = 262_144
    memory_budget: AtLeastOne = 268_435_456
    max_future_hours: Hours = 24.0
    max_age_days: Days = 0.0


class SignatureSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which algorithms packages may be signed, as of `since`; the lists may be made shorter, not longer."""

    since: str = "2026-01-01"
    digests: tuple[str, ...] = ("sha256", "sha384", "sha512")
    methods: tuple[str, ...] = (
        "rsa-sha256",
        "rsa-sha384",
        "rsa-sha512",
        "sha256-rsa-MGF1",
        "sha384-rsa-MGF1",
        "sha512-rsa-MGF1",
        "ecdsa-sha256",
        "ecdsa-sha384",
        "ecdsa-sha512",
    )
    min_rsa_bits: int = 2048
    curves: tuple[str, ...] = ("secp256r1", "secp384r1", "secp521r1")


class LimitSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one caller may ask for, unless the register grants a system something else."""

    requests_per_second: Rate = 2000.0
    burst: AtLeastOne = 10_000
    concurrent_submissions: AtLeastOne = 4
    waiting_submissions: Count = 500
    stored_bytes: Count = 0
    busy_share: Share = 0.2
    failed_logins_per_minute: Count = 60


class StorageSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where state lives. `url` is an SQLAlchemy URL; relative paths start at the configuration file's folder."""

    url: str = "sqlite:///data/axis.db"
    content_dir: Path = Path("data/content")
    spool_dir: Path = Path("data/spool")
    max_pending: AtLeastOne = 2000
    max_wait: Seconds = 10.0
    mark_file: Path = Path("newest-event.json")


class BrokerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Queues between the database and the couriers: a table of the same database, or RabbitMQ.

    `max_outbox` is about RabbitMQ. The table takes whatever the database takes: what waits in it waits for its own system, for as
    long as that is away, and must not stop what comes for the others.
    """

    url: str = ""
    lost_after: Seconds = 600.0
    remind_after: Seconds = 21_600.0
    management_url: str = ""
    max_outbox: Count = 200_000


class RevocationSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether certificates must be shown good, and where the hub hears of revoked ones."""

    mode: Literal["off", "require"] = "off"
    crl: tuple[str, ...] = ()
    named_places: bool = True
    grace_hours: Hours = 24.0
    refresh_minutes: Minutes = 60.0
    timeout: Seconds = 10.0
    max_bytes: AtLeastOne = 33_554_432
    allow: tuple[str, ...] = ()
    cache_dir: Path = Path("data/trust")


class TrustSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys and anchors, as files."""

    anchors: tuple[Path, ...] = (Path("pki/root.cert.pem"),)
    hub_key: Path = Path("pki/hub.key.pem")
    hub_certificate: Path = Path("pki/hub.cert.pem")
    hub_chain: tuple[Path, ...] = (Path("pki/sub.cert.pem"),)
    secrets_key: Path = Path("pki/secrets.key")
    intermediates: tuple[Path, ...] = ()
    revocation: RevocationSettings = RevocationSettings()


class DeliverySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How deliveries are carried."""

    deadline_days: Days = 30.0
    lease_seconds: Seconds = 300.0
    retry_delays: tuple[Seconds, ...] = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200)
    retry_jitter: Share = 0.2
    webhook_timeout: Seconds = 15.0
    webhook_allow: tuple[str, ...] = ()
    webhook_concurrency: AtLeastOne = 4


class VxpSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The national SDK's protocol under `/vxp/`."""

    failures_before_alarm: AtLeastOne = 3


class UpstreamSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other axes that this hub is a system of (binding `upstream`). Times in seconds."""

    poll_seconds: Seconds = 10.0
    timeout: Seconds = 60.0
    ca: str = ""
    certificate: str = ""
    key: str = ""


class RetentionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long contents are kept. Receipts, digests and events are kept for ever."""

    content_days: Days = 0.0


class LogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is logged, as JSON lines on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class MailSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Mail to the hub's operators, about certificates that end soon; there is none without a server and a recipient."""

    host: str = ""
    port: Port = 25
    sender: str = "axis-hub@localhost"
    recipients: tuple[str, ...] = ()
    timeout: Seconds = 10.0


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration."""

    hub: HubSettings = HubSettings()
    listen: ListenSettings = ListenSettings()
    tls: TlsSettings = TlsSettings()
    intake: IntakeSettings = IntakeSettings()
    signatures: SignatureSettings = SignatureSettings()
    limits: LimitSettings = LimitSettings()
    storage: StorageSettings = StorageSettings()
    broker: BrokerSettings = BrokerSettings()
    trust: TrustSettings = TrustSettings()
    delivery: DeliverySettings = DeliverySettings()
    vxp: VxpSettings = VxpSettings()
    upstream: UpstreamSettings = UpstreamSettings()
    retention: RetentionSettings = RetentionSettings()
    mail: MailSettings = MailSettings()
    log: LogSettings = LogSettings()
