"""`axis sign`: put an agency's signature into a package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from adapters.cli.files import write_new
from adapters.cli.messages import say
from adapters.cli.output import print_line


def sign(
    file: Path,
    *,
    key: Path,
    cert: Path,
    output: Annotated[Path, Parameter(name=("--output", "-o"))],
) -> int:
    """Sign a package: one enveloped XML signature over the whole document; every other byte stays as it is.

    Parameters
    ----------
    file
        The package, unsigned.
    key
        Private key of the agency, PEM.
    cert
        Its certificate, then those above it, PEM.
    output
        File to write; an existing one is not overwritten.
    """
    write_new(output, signed(file.read_bytes(), key, cert))
    print_line(say("signed", path=output))
    return 0


def signed(data: bytes, key: Path, certificate: Path) -> bytes:
    """Return the package with a signature by the key in `key`; raise a typed error of `signing` or of the key file."""
    from adapters.trust.files import read_certificates, read_key
    from signing.sign import sign as sign_package

    return sign_package(data, read_key(key), read_certificates(certificate))
