"""Everything the hub needs to prove and to believe, read once at start."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from adapters.trust.errors import KeyMismatch, KeyUnusable, NoAnchors
from adapters.trust.files import read_certificates, read_key
from hub.settings import TrustSettings
from signing.certificates import TrustAnchors
from signing.keys import belongs
from signing.receipt import KeySealer


class Trust(Struct, frozen=True):
    """The hub's sealer and anchors.

    `hub_chain` is its certificate, then those between it and an anchor; `authorities` are all that are known: anchors and
    those below them.
    """

    sealer: KeySealer
    anchors: TrustAnchors
    hub_certificate: x509.Certificate
    hub_chain: tuple[x509.Certificate, ...]
    authorities: tuple[x509.Certificate, ...]

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether receipts that the hub signs at a moment can be verified: whether its certificate is valid then."""
        return self.hub_certificate.not_valid_before_utc <= at < self.hub_certificate.not_valid_after_utc


def load_trust(settings: TrustSettings, base_dir: Path) -> Trust:
    """Read and pair the files that `settings` name, relative ones from `base_dir`.

    Validity is not judged here: a hub whose certificate has expired must be able to start and say so.

    Raises:
        TrustFault: a file is missing, unreadable, exposed, or not what it should be; says what to do.
    """
    chain_of_hub = _hub_chain(settings, base_dir)
    key_path = base_dir / settings.hub_key
    key = read_key(key_path)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusable(key_path, error="it is not on the curve P-256.")
    if not belongs(key, chain_of_hub[0]):
        raise KeyMismatch(base_dir / settings.hub_certificate, key=key_path)
    roots = _certificates_in(settings.anchors, base_dir)
    if not roots:
        raise NoAnchors(base_dir)
    intermediates = _certificates_in((*settings.hub_chain, *settings.intermediates), base_dir)
    return Trust(
        sealer=KeySealer(key, chain_of_hub),
        anchors=TrustAnchors(roots, intermediates=intermediates),
        hub_certificate=chain_of_hub[0],
        hub_chain=chain_of_hub,
        authorities=(*roots, *intermediates),
    )


def _certificates_in(paths: tuple[Path, ...], base_dir: Path) -> tuple[x509.Certificate, ...]:
    """Read certificates from PEM files; a folder stands for every `*.pem` file in it."""
    files = chain.from_iterable(_pem_files(base_dir / path) for path in paths)
    return tuple(dict.fromkeys(chain.from_iterable(read_certificates(file) for file in files)))


def _pem_files(path: Path) -> tuple[Path, ...]:
    return tuple(sorted(path.glob("*.pem"))) if path.is_dir() else (path,)


def _hub_chain(settings: TrustSettings, base_dir: Path) -> tuple[x509.Certificate, ...]:
    certificates = list(read_certificates(base_dir / settings.hub_certificate))
    for path in settings.hub_chain:
        certificates += [each for each in read_certificates(base_dir / path) if each not in certificates]
    return tuple(certificates)
