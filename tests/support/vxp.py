"""A hub whose callers are imitations of the national SDK, on either profile."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from adapters.cli.shared_secrets import sealed_secret
from adapters.storage.opening import open_storage
from adapters.trust.locker import FileLocker
from hub.compose import located
from hub.configuration import load
from hub.shared_secrets import VxpTerms
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml import StatusCode, encode, read
from schemas.edxml.compose import NewFile, new_document, new_status, response_to
from schemas.parser import parse
from tests.support.enrolment import Member, enrol
from tests.support.hub import HubProcess, axis, free_port
from tests.support.sdk import Sdk

A, B, C, HTTP = "V01.01", "V01.02", "V01.03", "V01.09"  #: three agencies of the SDK, one of the HTTP API
EDOC = '{"servicetype":"eDoc","messagetype":"edoc"}'
STATUS = '{"servicetype":"eDoc","messagetype":"status"}'
LIMIT = 20.0


def secret_of(code: str) -> str:
    """Return the secret of a test's system."""
    return f"bi-mat-cua-{code}"


class VxpWorld(Struct, frozen=True):
    """A running hub, and the bearer keys of its systems."""

    hub: HubProcess
    keys: dict[str, str]

    @property
    def base(self) -> str:
        """The base URL that is configured in an SDK."""
        return f"{self.hub.url}/vxp"

    @contextmanager
    def sdk(self, code: str, *, secret: str | None = None, base: str | None = None) -> Iterator[Sdk]:
        """Give one JVM with the system of an agency."""
        sdk = Sdk(base or self.base, code, secret or secret_of(code))
        try:
            yield sdk
        finally:
            sdk.close()


def found(
    folder: Path,
    environment: dict[str, str] | None = None,
    url: str | None = None,
    *,
    enrolling: tuple[str, ...] = (C,),
) -> VxpWorld:
    """Make a hub with agencies that speak the SDK's protocol; it is not started yet."""
    axis("init", str(folder))
    hub = HubProcess(folder, free_port(), environment)
    if url is not None:
        text, count = re.subn(r"^url = .sqlite.*$", f'url = "{url}"', hub.config.read_text("utf-8"), flags=re.MULTILINE)
        assert count == 1
        hub.config.write_text(text, encoding="utf-8")
    members = (*(_member(code, Binding.VXP) for code in (A, B, C)), _member(HTTP, Binding.PULL))
    keys = enrol(hub, members, {})
    asyncio.run(_share(hub, enrolling))
    return VxpWorld(hub, keys)


def _member(code: str, binding: Binding) -> Member:
    system = System(code, f"Phần mềm {code}", binding, SignaturePolicy.TRANSPORT)
    return Member(system, (Agency(code, f"Cơ quan {code}", system_id=code),))


async def _share(hub: HubProcess, enrolling: tuple[str, ...]) -> None:
    settings, base_dir = load(hub.config)
    locker = FileLocker(base_dir / settings.trust.secrets_key)
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        for code in (A, B, C, HTTP):
            entry = sealed_secret(secret_of(code), code, locker, datetime.now(UTC))
            await storage.registers.add_shared_secret(entry)
        for code in enrolling:
            await storage.registers.set_vxp_terms(code, VxpTerms(may_enrol=True))


_numbers = iter(range(1, 10**6))


def letter(sender: str, *recipients: str, files: tuple[tuple[str, bytes], ...] = (), **more: Any) -> bytes:
    """Compose an unsigned document as the SDK's builder writes it, with a number of its own."""
    return new_document(
        sender=sender,
        recipients=recipients,
        subject=more.pop("subject", "Báo cáo tình hình thực hiện nhiệm vụ"),
        number=str(next(_numbers)),
        notation="BC-SM",
        sent_at=datetime.now(UTC),
        files=[NewFile(name, data) for name, data in files],
        **more,
    ).encode()


def status(document: bytes, sender: str, code: str, *, addressee: str | None = None, text: str = "") -> bytes:
    """Compose the status `code` of an agency about a document."""
    envelope = read(parse(document), received_at=datetime.now(UTC))
    return encode(
        new_status(
            sender=sender,
            response=response_to(envelope, addressee),
            code=StatusCode(code),
            at=datetime.now(UTC),
            description=text or None,
        )
    )


def envelope_of(data: bytes) -> Any:
    """Read a package."""
    return read(parse(data), received_at=datetime.now(UTC))


def sending(code: str, kind: str = "edoc") -> str:
    """Return the parameter text of a send call."""
    return json.dumps({"from": code, "servicetype": "eDoc", "messagetype": kind})


def about(doc_id: str, **more: str) -> str:
    """Return the parameter text of a call about one item."""
    return json.dumps({"docId": doc_id, "filePath": "xml", **more})


def waiting(documents: Any, count: int = 1, text: str = EDOC) -> list[dict[str, Any]]:
    """Poll the in-tray until it holds so many items."""
    deadline = time.monotonic() + LIMIT
    while True:
        listing = documents.get_received_edoc_list(text)
        assert listing is not None
        assert (listing.status, listing.code) == ("OK", "0"), listing
        if len(listing.items) >= count or time.monotonic() > deadline:
            assert len(listing.items) == count, listing
            return listing.items
        time.sleep(0.05)


def clear(documents: Any) -> None:
    """Acknowledge everything in both trays."""
    for text in (EDOC, STATUS):
        for item in documents.get_received_edoc_list(text).items:
            assert documents.update_status(about(item["docId"], status="done")).status == "OK"
