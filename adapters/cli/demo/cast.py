"""Who plays: agencies with their keys, and one client for each of their systems."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from adapters.cli.credentials import AgencyEntry, Credentials
from adapters.cli.demo.hub import ThrowAwayHub
from adapters.cli.receipts import read_anchors
from adapters.client import AxisClient, open_client
from adapters.trust.files import read_certificates, read_key
from schemas.edxml import StatusCode, encode
from schemas.edxml.compose import NewFile, new_document, new_status
from schemas.edxml.parts import Organization, ResponseFor
from signing.certificates import TrustAnchors
from signing.sign import sign

SENDER, PULLED, CALLED, UNHURRIED = "H99.01", "H99.02", "H99.03", "H99.05"  #: agencies of config/development.toml


class Cast(Struct, frozen=True):
    """Everybody at one hub, and the anchors that receipts are checked with."""

    credentials: Credentials
    folder: Path
    clients: Mapping[str, AxisClient]
    anchors: TrustAnchors

    def client(self, agency_code: str) -> AxisClient:
        """Return the client of the system that acts for an agency."""
        return self.clients[self.agency(agency_code).system]

    def agency(self, code: str) -> AgencyEntry:
        """Return an agency of the demo."""
        return next(each for each in self.credentials.agencies if each.code == code)

    def label(self, code: str) -> str:
        """Return code and name, short enough for a column."""
        return f"{code} {self.agency(code).name}"[:22].rstrip()

    def document(
        self,
        number: int,
        subject: str,
        to: tuple[str, ...],
        file: NewFile,
        *,
        urgency: int = 0,
        seal: str | None = None,
    ) -> bytes:
        """Compose and sign a document of the sending agency; `seal` names another of its certificates in `pki/`."""
        draft = new_document(
            sender=self._organization(SENDER),
            recipients=[self._organization(code) for code in to],
            subject=subject,
            number=str(number),
            notation="BC-SM",
            sent_at=datetime.now(UTC),
            files=[file],
            urgency=urgency,
        )
        pki, name = self.folder / "pki", seal or SENDER
        return sign(draft.encode(), read_key(pki / f"{name}.key.pem"), read_certificates(pki / f"{name}.cert.pem"))

    def status(self, reporter: str, code: StatusCode, about: ResponseFor, text: str) -> bytes:
        """Compose the status of an agency about a document."""
        envelope = new_status(
            sender=self._organization(reporter), response=about, code=code, at=datetime.now(UTC), description=text
        )
        return encode(envelope)

    def _organization(self, code: str) -> Organization:
        return Organization(code, name=self.agency(code).name)


@asynccontextmanager
async def gathered(hub: ThrowAwayHub) -> AsyncIterator[Cast]:
    """Open one client per system; agencies read Vietnamese."""
    anchors = read_anchors((hub.folder / hub.credentials.hub.trust,))
    if anchors is None:
        raise ValueError("the demo's root certificate is missing")
    async with AsyncExitStack() as stack:
        clients = {
            system.id: await stack.enter_async_context(open_client(hub.url, system.api_key, language="vi"))
            for system in hub.credentials.systems
        }
        yield Cast(hub.credentials, hub.folder, clients, anchors)
