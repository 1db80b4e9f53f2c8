"""Packages that a hub must refuse, each bad in its own way: what an attacker or a careless clerk would hand in."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree
from msgspec import Struct

from adapters.cli.demo.cast import PULLED, Cast
from schemas.edxml.compose import NewFile
from schemas.parser import parse

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_DRAFT = NewFile("Dự thảo báo cáo.txt", ("Dự thảo báo cáo tháng 11.\n" * 200).encode())
_HONEST, _FALSE = "kinh phí 1 tỷ", "kinh phí 9 tỷ"
FIRST, LAST = 127, 130  #: numbers of the documents


class BadPackage(Struct, frozen=True):
    """What is handed in, the message that tells it, and the code that it must be refused with."""

    told: str
    data: bytes
    code: str


def bad_packages(cast: Cast) -> Iterator[BadPackage]:
    """Make them: one word changed, another document wrapped around the signed one, a revoked seal, an expired one."""
    genuine = _letter(cast, FIRST)
    yield BadPackage("demo-forges", genuine.replace(_HONEST.encode(), _FALSE.encode()), "signature-invalid")
    yield BadPackage("demo-wraps", _wrapped(_letter(cast, FIRST + 1)), "signature-coverage")
    yield BadPackage("demo-revoked", _letter(cast, FIRST + 2, "revoked"), "certificate-revoked")
    yield BadPackage("demo-expired", _letter(cast, LAST, "expired"), "certificate-expired")


def _letter(cast: Cast, number: int, seal: str | None = None) -> bytes:
    return cast.document(number, f"V/v cấp {_HONEST}", (PULLED,), _DRAFT, seal=seal)


def _wrapped(genuine: bytes) -> bytes:
    """Hide the signed document inside the signature of another one: the signature holds for what nobody will read."""
    signed = parse(genuine)
    shown = deepcopy(signed)
    for subject in shown.iter("{*}Subject"):
        subject.text = f"V/v cấp {_FALSE}"
    signature, own = (next(document.iter(f"{_DS}Signature")) for document in (shown, signed))
    if (header := own.getparent()) is not None:
        header.remove(own)
    etree.SubElement(signature, f"{_DS}Object").append(signed)
    return etree.tostring(shown, xml_declaration=True, encoding="UTF-8")
