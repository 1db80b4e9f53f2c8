"""Parcels for the load: who writes to whom, what goes wrong with it; the same seed gives the same sequence."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.client import AxisClient
from bench.packages import Letter, write_letter
from signing.sign import sign
from tests.support.hub import HubProcess

from .systems import Parcel


class Correspondence:
    """One system's letters to the agencies of all systems that ask, and of `others`."""

    def __init__(
        self,
        hub: HubProcess,
        system_id: str,
        open_codes: frozenset[str],
        chance: random.Random,
        others: frozenset[str] = frozenset(),
        mark: str = "faults",
    ) -> None:
        served = pull_systems(hub).keys() | others
        agencies = [each for each in hub.credentials["agencies"] if each["system"] in served]
        own = next(each for each in agencies if each["system"] == system_id and each["code"] in open_codes)
        self.sender = own["code"]
        self._recipients = [each["code"] for each in agencies if each["code"] in open_codes - {own["code"]}]
        self._key = load_pem_private_key((hub.folder / own["key"]).read_bytes(), None)
        self._chain = [_certificate(hub.folder / own["certificate"]), _certificate(hub.folder / "pki/sub.cert.pem")]
        self._chance = chance
        self._mark = mark  #: tells the documents of one run from those of another
        self._number = 0

    def next_parcel(self) -> Parcel:
        """Return the next one: mostly sound, some for several recipients, some large, one in twelve forged."""
        chance = self._chance
        size = chance.choice((0, 0, 0, 2_000, 2_000, 150_000))
        parcel = self.parcel(tuple(chance.sample(self._recipients, chance.choice((1, 1, 1, 2, 3)))), size)
        data = parcel.data
        if chance.random() < 1 / 12:
            data = data.replace("V/v kết nối".encode(), "V/v tách rời".encode())
        return Parcel(
            data=data,
            document_id=parcel.document_id,
            recipients=parcel.recipients,
            is_repeated=chance.random() < 0.1,
            gives_up=chance.random() < 0.1,
            keeps_key=chance.random() < 0.5,
        )

    def parcel(self, recipients: tuple[str, ...], size: int = 0) -> Parcel:
        """Return a sound one with an attachment of so many bytes."""
        self._number += 1
        letter = Letter(self.sender, recipients, self._mark, self._number, size)
        data = sign(write_letter(letter), self._key, self._chain)
        return Parcel(data=data, document_id=letter.document_id, recipients=recipients)


async def open_codes(client: AxisClient) -> frozenset[str]:
    """Ask the directory which agencies may receive."""
    return frozenset(each.code for each in (await client.agencies(limit=200)).items if not each.is_suspended)


def pull_systems(hub: HubProcess) -> dict[str, Any]:
    """Return the API keys of the systems that ask, by their ids."""
    return {each["id"]: each["api_key"] for each in hub.credentials["systems"] if each["binding"] == "pull"}


def _certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates(file.read_bytes())[0]
