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
        "listen.unix_socket": "Also listen on a unix socket at this path; whoever can write to it is a trusted proxy. Empty: no.",
        "listen.trusted_proxies": "Networks (CIDR) of proxies that end TLS; only their Client-Cert header (RFC 9440) counts.",
        "listen.max_connections": "Connections held at once; more are turned away.",
        "listen.max_connections_per_address": "Connections held at once from one address; trusted proxies are exempt.",
        "listen.header_timeout": "Seconds until the whole header of a request must be there.",
        "listen.body_timeout": "Seconds until the whole body of a request must be there.",
        "listen.idle_timeout": "Seconds that a connection may stay open without a request.",
        "listen.shutdown_timeout": "Seconds that requests in flight get when the hub stops.",
        "tls.host": "Address of the listener with TLS.",
        "tls.port": "Its port.",
        "tls.certificate": "The server's certificate with its chain, PEM; empty: no listener with TLS.",
        "tls.key": "The key of that certificate, PEM, mode 600.",
        "tls.client_ca": "Authorities of client certificates, PEM files; none: no client certificate is asked for.",
        "tls.client_certificate": "optional: a system may use an API key instead; required: no connection without one.",
        "intake.max_bytes": "Largest package, in bytes of edXML.",
        "intake.inline_bytes": "Packages up to this size are examined at once, larger ones in a thread.",
        "intake.memory_budget": "Bytes of large packages that may be examined at the same time; others wait.",
        "intake.max_future_hours": "A sending time further in the future than this is refused (message-stale).",
        "intake.max_age_days": "A sending time older than this is refused (message-stale); 0 accepts any age.",
        "limits.requests_per_second": "Requests that one caller may keep sending each second; more get 429. 0: no limit.",
        "limits.burst": "Requests that a caller may send at once after a pause.",
        "limits.concurrent_submissions": "Packages of one system examined at the same time; its others wait for their turn.",
        "limits.waiting_submissions": "Packages of one system that may wait for their turn; more get 429.",
        "limits.stored_bytes": "Bytes of packages that one system may have stored; beyond it 403. 0: no limit.",
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
