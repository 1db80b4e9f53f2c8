"""asn1crypto made fit for threads; every module that reads with it imports this one.

asn1crypto sets a class up when its first instance is made, and guards that by nothing: two threads that read their first
CRLs at once leave a class with half of its fields, or with all of them twice, for the life of the process. Then nothing of
that kind can be read any more. So all classes are set up here, inside the import lock, before anybody reads anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import asn1crypto.core  # type: ignore[import-untyped]
import asn1crypto.crl  # type: ignore[import-untyped]
import asn1crypto.keys  # type: ignore[import-untyped]
import asn1crypto.ocsp  # type: ignore[import-untyped]
import asn1crypto.tsp  # type: ignore[import-untyped]
import asn1crypto.x509  # type: ignore[import-untyped]
import pyhanko_certvalidator.validate  # noqa: F401 - brings classes of its own


def _below(kind: type) -> Iterator[type]:
    subclasses: list[type] = kind.__subclasses__()
    for each in subclasses:
        yield each
        yield from _below(each)


def _set_up() -> None:
    for each in _below(asn1crypto.core.Asn1Value):
        with suppress(TypeError, ValueError, NotImplementedError):  # what has no empty instance is not read either
            each()


_set_up()
