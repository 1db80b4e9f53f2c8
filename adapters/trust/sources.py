"""Which places must be asked about revoked certificates: configured ones, and those that certificates name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum

from cryptography import x509
from msgspec import Struct

from signing.errors import FOREIGN
from signing.revocation_places import Places, issuer_of, ocsp_question, places_of
from signing.verify import RegisteredCertificate


class Manner(StrEnum):
    """How a place is asked."""

    FILE = "file"
    CRL = "crl"
    OCSP = "ocsp"


class Source(Struct, frozen=True):
    """One place: a file, the URL of a CRL, or a responder with the question about one certificate."""

    manner: Manner
    place: str
    question: bytes = b""
    serial: int | None = None

    @property
    def name(self) -> str:
        """A file name that stands for this source."""
        digest = hashlib.sha256(f"{self.manner} {self.place} ".encode() + self.question).hexdigest()
        return f"{digest[:40]}.{'ocsp' if self.manner is Manner.OCSP else 'crl'}"


class Named(Struct, frozen=True):
    """What one certificate names."""

    places: Places
    certificate: x509.Certificate | None


class Directions:
    """Derives the sources from the configuration and the register; what each certificate names is read once."""

    def __init__(
        self, configured: tuple[str, ...], authorities: tuple[x509.Certificate, ...], *, follows_names: bool
    ) -> None:
        self._configured = tuple(_configured(place) for place in configured)
        self._authorities = authorities
        self._follows_names = follows_names
        self._named: dict[str, Named] = {}

    def sources(self, registered: Mapping[str, RegisteredCertificate]) -> tuple[Source, ...]:
        """Return every source once: the configured, CRL addresses of all certificates, and OCSP where only that exists."""
        if not self._follows_names:
            return self._configured
        self._named = {sha256: self._named.get(sha256) or _named(one.der) for sha256, one in registered.items()}
        above = [Named(places_of(each), each) for each in self._authorities if each.issuer != each.subject]
        found = list(dict.fromkeys(source for each in (*above, *self._named.values()) for source in self._of(each)))
        return tuple(dict.fromkeys((*self._configured, *found)))

    def _of(self, named: Named) -> Iterable[Source]:
        if named.places.crl:
            return [Source(Manner.CRL, url) for url in named.places.crl]
        if not named.places.ocsp or named.certificate is None:
            return []
        issuer = issuer_of(named.certificate, self._authorities)
        if issuer is None:
            return []
        question = ocsp_question(named.certificate, issuer)
        return [Source(Manner.OCSP, named.places.ocsp[0], question, named.certificate.serial_number)]


def _configured(place: str) -> Source:
    is_address = place.lower().startswith(("http://", "https://"))
    return Source(Manner.CRL if is_address else Manner.FILE, place)


def _named(der: bytes) -> Named:
    """Read what a registered certificate names; the certificate itself is kept only when it must be asked about."""
    try:
        certificate = x509.load_der_x509_certificate(der)
    except FOREIGN:
        return Named(Places(), None)
    places = places_of(certificate)
    return Named(places, certificate if places.ocsp and not places.crl else None)
