"""Key and certificate files: present, readable, and private where they must be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography import x509

from adapters.trust.errors import CertificateUnusable, FileMissing, FileUnreadable, KeyExposed, KeyUnusable
from signing.keys import KeyUnreadable, PrivateKey, load_certificates, load_private_key

_LARGEST = 1024 * 1024  #: bytes; no key or bundle of anchors is longer


def read_file(path: Path, *, is_private: bool = False) -> bytes:
    """Read a file of at most 1 MiB; a private one only when nobody but its owner can touch it.

    The mode is read from the open file, so that what was checked is what was read.

    Raises:
        FileMissing, FileUnreadable, KeyExposed: each says what to do.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise FileUnreadable(path, error="no plain file")
            if is_private and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyExposed(path, mode=f"{stat.S_IMODE(status.st_mode):03o}")
            return file.read(_LARGEST)
    except FileNotFoundError:
        raise FileMissing(path) from None
    except OSError as error:
        raise FileUnreadable(path, error=error.strerror or error) from error


def read_key(path: Path) -> PrivateKey:
    """Read a private key that nobody else can read; raise a `TrustFault` otherwise."""
    pem = read_file(path, is_private=True)
    try:
        return load_private_key(pem)
    except KeyUnreadable as error:
        raise KeyUnusable(path, error=error) from error


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """Read all certificates of a PEM file; raise a `TrustFault` when there is none."""
    try:
        return load_certificates(read_file(path))
    except KeyUnreadable as error:
        raise CertificateUnusable(path, error=error) from error
