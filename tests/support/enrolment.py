"""Enrolling systems and agencies of a test at a hub that is not running yet."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from msgspec import Struct

from adapters.storage.opening import open_storage
from hub import keys
from hub.accounts import ApiKey
from hub.compose import located
from hub.configuration import load
from routing.values import Agency, System
from signing.keys import der_of, fingerprint
from signing.lab import Identity, LabPki
from signing.verify import RegisteredCertificate
from tests.support.hub import HubProcess


class Member(Struct, frozen=True):
    """A system with the agencies that it acts for and, once enrolled, its bearer key."""

    system: System
    agencies: tuple[Agency, ...]
    webhook_secret: str | None = None


def trust_lab(hub: HubProcess, pki: LabPki) -> None:
    """Make the hub believe certificates of a test's own authority."""
    from cryptography.hazmat.primitives.serialization import Encoding

    (hub.folder / "pki" / "lab.cert.pem").write_bytes(pki.root.certificate.public_bytes(Encoding.PEM))
    text = hub.config.read_text(encoding="utf-8")
    trusting = text.replace('anchors = ["pki/root.cert.pem"]', 'anchors = ["pki/root.cert.pem", "pki/lab.cert.pem"]')
    assert trusting != text
    hub.config.write_text(trusting, encoding="utf-8")


def enrol(hub: HubProcess, members: tuple[Member, ...], identities: dict[str, Identity]) -> dict[str, str]:
    """Write members and certificates (by agency code) into the register; return the bearer key of each system."""
    return asyncio.run(_enrol(hub, members, identities))


async def _enrol(hub: HubProcess, members: tuple[Member, ...], identities: dict[str, Identity]) -> dict[str, str]:
    settings, base_dir = load(hub.config)
    made = {member.system.id: keys.make() for member in members}
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        await storage.registers.import_entries(
            systems=[member.system for member in members],
            agencies=[agency for member in members for agency in member.agencies],
            certificates=[
                RegisteredCertificate(fingerprint(each.certificate), code, der_of(each.certificate))
                for code, each in identities.items()
            ],
            webhook_secrets={m.system.id: m.webhook_secret for m in members if m.webhook_secret is not None},
        )
        for system_id, key in made.items():
            await storage.registers.add_api_key(
                ApiKey(
                    key_id=key.key_id,
                    secret_sha256=key.secret_sha256,
                    system_id=system_id,
                    user_name=None,
                    created_at=datetime.now(UTC),
                )
            )
    return {system_id: key.text for system_id, key in made.items()}
