"""What a load generator saw, and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

ACCEPTANCE = "SubmissionAcceptance"
CONSIGNMENT = "ContentConsignment"
HANDOVER = "ContentHandover"
_SAMPLE = 25  #: receipts per kind whose signature is verified; their contents are compared for all


class Ledger:
    """Notes down accepted packages, handovers and receipts; judges them when the clock has stopped."""

    def __init__(self) -> None:
        self.accepted: dict[str, str] = {}
        self._answers: dict[tuple[str, str], str] = {}
        self._handed_over: dict[str, list[str]] = {}
        self._receipts: dict[str, dict[str, list[str]]] = {ACCEPTANCE: {}, CONSIGNMENT: {}, HANDOVER: {}}
        self._events: Counter[str] = Counter()
        self._notes: list[str] = []

    def accept(self, package: Mapping[str, Any], body: bytes) -> None:
        """A package was answered 201."""
        self.accepted[package["id"]] = hashlib.sha256(body).hexdigest()
        self._answers[ACCEPTANCE, package["id"]] = package["receipt"]

    def hand_over(self, package_id: str, sha256: str, receipt: str) -> None:
        """The recipient hashed a content and got the receipt of its acknowledgement."""
        self._handed_over.setdefault(package_id, []).append(sha256)
        self._answers[HANDOVER, package_id] = receipt

    def receive(self, item: Mapping[str, Any]) -> None:
        """An item of the sender's feed."""
        if item["type"] != "receipt":
            return
        self._events[item["event"]] += 1
        if item["event"] in self._receipts:
            self._receipts[item["event"]].setdefault(item["package_id"], []).append(item["jws"])

    def note(self, fault: str) -> None:
        """Something went wrong on the way."""
        self._notes.append(fault)

    def is_complete(self) -> bool:
        """Whether every accepted package has all its receipts in the feed."""
        return all(self.accepted.keys() <= found.keys() for found in self._receipts.values())

    def count_receipts(self) -> dict[str, int]:
        """Return how many receipts of each event the feed held."""
        return dict(self._events)

    def faults(self, hub_certificate: Path) -> Iterator[str]:
        """Yield what is wrong: lost, doubled or changed packages; missing, doubled, changed or unsigned receipts."""
        yield from self._notes
        key = x509.load_pem_x509_certificate(hub_certificate.read_bytes()).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise TypeError(f"{hub_certificate} holds no elliptic curve key")
        for number, (package_id, sha256) in enumerate(self.accepted.items()):
            if self._handed_over.get(package_id) != [sha256]:
                yield f"{package_id}: sent {sha256}, handed over {self._handed_over.get(package_id)}"
            for event, receipts in self._receipts.items():
                found = receipts.get(package_id, [])
                answered = self._answers.get((event, package_id))  # nobody is answered with a consignment
                if len(found) != 1 or found[0] != (answered or found[0]):
                    yield f"{package_id}: {len(found)} receipts {event} in the feed, or not the one that was answered"
                elif not _says(found[0], key if number < _SAMPLE else None, event, package_id, sha256):
                    yield f"{package_id}: the receipt {event} does not verify or says something else"


def _says(token: str, key: ec.EllipticCurvePublicKey | None, event: str, package_id: str, sha256: str) -> bool:
    """Whether a receipt speaks of this event and package; with a key, also whether its signature holds."""
    options: Any = {"verify_signature": key is not None, "verify_iat": False}
    try:
        claims = jwt.decode(token, key, algorithms=["ES256"], options=options)  # type: ignore[arg-type] # no key: not verified
    except jwt.PyJWTError:
        return False
    package = claims["package"]
    return (claims["event"], package["id"], package["sha256"]) == (event, package_id, sha256)
