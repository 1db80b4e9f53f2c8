"""Enrolling systems and agencies of a test at a hub that is not running yet."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from adapters.storage.opening import open_storage
from hub import keys
from hub.accounts import ApiKey
from hub.compose import located
from hub.configuration import load
from routing.values import Agency, System
from signing.keys import der_of, fingerprint, pem_of_certificates
from signing.lab import Identity, LabPki
from signing.lab_revocation import crl
from signing.revocation import Revoked
from signing.verify import RegisteredCertificate
from tests.support.hub import HubProcess


class Member(Struct, frozen=True):
    """A system with the agencies that it acts for and, once enrolled, its bearer key."""

    system: System
    agencies: tuple[Agency, ...]
    webhook_secret: str | None = None


def trust_lab(hub: HubProcess, pki: LabPki) -> None:
    """Make the hub believe certificates of a test's own authority, and what that says of revoked ones: none."""
    folder = hub.folder / "pki"
    (folder / "lab.cert.pem").write_bytes(pem_of_certificates(pki.root.certificate))
    (folder / "lab-sub.cert.pem").write_bytes(pem_of_certificates(pki.subordinate.certificate))
    publish_crls(hub, pki, {})
    text = hub.config.read_text(encoding="utf-8")
    for name, value in (
        ("anchors", '["pki/root.cert.pem", "pki/lab.cert.pem"]'),
        ("intermediates", '["pki/lab-sub.cert.pem"]'),
        ("crl", '["pki/root.crl.pem", "pki/sub.crl.pem", "pki/lab.crl", "pki/lab-sub.crl"]'),
    ):
        text, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        assert count == 1, name
    hub.config.write_text(text, encoding="utf-8")


def publish_crls(
    hub: HubProcess, pki: LabPki, revoked: dict[int, Revoked], *, lifetime: timedelta = timedelta(days=7)
) -> None:
    """Write the lists of a test's own authority where the hub reads them; each is newer than the one before."""
    at = datetime.now(UTC) - timedelta(minutes=1)
    for name, authority in (("lab", pki.root), ("lab-sub", pki.subordinate)):
        fresh = hub.folder / "pki" / f"{name}.crl.new"
        fresh.write_bytes(crl(authority, at, revoked, lifetime=lifetime))
        fresh.replace(fresh.with_suffix(""))


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
