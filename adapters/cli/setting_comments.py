"""What each setting means to the person who changes it: one comment per setting, by `section.key`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COMMENTS: Mapping[str, str] = MappingProxyType(
    {
        "hub.code": "Agency code of the hub; stands in every receipt and in the hub's certificate (urn:axis:hub:<code>).",
        "hub.name": "Name of the hub, for people.",
        "hub.base_url": "Address under which systems reach the hub; links in webhooks and answers begin with it.",
        "listen.host": "Address to listen on; 0.0.0.0 or :: for all, only behind a proxy that ends TLS.",
        "listen.port": "Port to listen on; 0 lets the system choose.",
        "listen.max_connections": "Connections held at once; more are turned away.",
        "listen.header_timeout": "Seconds until the whole header of a request must be there.",
        "listen.body_timeout": "Seconds until the whole body of a request must be there.",
        "listen.idle_timeout": "Seconds that a connection may stay open without a request.",
        "listen.shutdown_timeout": "Seconds that requests in flight get when the hub stops.",
        "intake.max_bytes": "Largest package, in bytes of edXML.",
        "intake.inline_bytes": "Packages up to this size are examined at once, larger ones in a thread.",
        "intake.memory_budget": "Bytes of large packages that may be examined at the same time; others wait.",
        "intake.max_future_hours": "A sending time further in the future than this is refused (message-stale).",
        "intake.max_age_days": "A sending time older than this is refused (message-stale); 0 accepts any age.",
        "storage.url": "Database, as an SQLAlchemy URL.",
        "storage.content_dir": "Folder of the packages that are too large for the database.",
        "storage.spool_dir": "Folder of packages while they arrive; same file system as content_dir.",
        "storage.max_pending": "Decisions waiting for a commit; beyond it the hub answers 503 overloaded.",
        "trust.anchors": "Root certificates that are believed: PEM files, or folders of them.",
        "trust.hub_key": "The key that signs receipts: PEM, EC P-256, mode 600.",
        "trust.hub_certificate": "The certificate of that key.",
        "trust.hub_chain": "Certificates between the hub's own and an anchor.",
        "delivery.deadline_days": "Days until a delivery that nobody took expires.",
        "delivery.lease_seconds": "Seconds that an inbox item is kept for the call that took it, unless it asks for others.",
        "delivery.retry_delays": "Seconds to wait after the 1st, 2nd, … failed attempt; after the last the delivery is dead.",
        "delivery.retry_jitter": "Share of each delay that is drawn at random, so that retries do not come together.",
        "delivery.webhook_timeout": "Seconds within which a webhook must answer.",
        "delivery.webhook_allow": "Inner webhook targets that are allowed: host, host:port, address or CIDR network.",
        "delivery.webhook_concurrency": "Webhook calls to one system at the same time.",
        "log.level": "Least important level that is logged: debug, info, warning, error.",
    }
)
