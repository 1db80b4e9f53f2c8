"""The good packages that mutants are made from: every kind of message, key and canonicalisation that is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from schemas.edxml import StatusCode, encode
from schemas.edxml.compose import NewFile, new_document, new_status, response_to
from tests.vectors.signatures.forge import C14N_10, ENVELOPED, Forge, Reference, transform
from tests.vectors.signatures.signers import Lab, xades

_START, _END = "<ds:Signature ", "</ds:Signature>"


class Good(Struct, frozen=True):
    """A package that must be accepted. `true_text` is what it says of its matter; `is_exclusive` its canonicalisation."""

    name: str
    data: bytes
    lab: Lab
    true_text: str
    is_exclusive: bool = True

    @property
    def text(self) -> str:
        """The package as text."""
        return self.data.decode()

    @property
    def signature(self) -> str:
        """The signature element as written."""
        return self.text[self.text.index(_START) : self.text.index(_END) + len(_END)]

    @property
    def template(self) -> str:
        """The package with `{SIG}` in the signature's place."""
        return self.text.replace(self.signature, "{SIG}")

    def change(self, old: str, new: str, count: int = 1) -> str:
        """Return the text with `old` replaced; that it stands there is part of the claim."""
        assert old in self.text, f"{self.name}: {old}"
        return self.text.replace(old, new, count)


def goods(lab: Lab) -> Iterator[Good]:
    """Make the good packages of a laboratory, sent at its moment by H99.01 to H99.02."""
    letter = _letter(lab.at)
    file = NewFile("kế hoạch.pdf", b"%PDF-1.7 k\xe1\xba\xbf ho\xe1\xba\xa1ch", "Phụ lục")
    with_file = _template(_letter(lab.at, files=[file]).encode())
    status = new_status(
        sender="H99.01",
        response=replace(response_to(letter.envelope), agency_code="H99.02"),
        code=StatusCode.ACCEPTED,
        at=lab.at,
        description=_TRUE,
    )
    inclusive = Reference(transforms=transform(ENVELOPED) + transform(C14N_10), c14n=C14N_10)
    for name, forge, template in (
        ("ec-attachment", lab.forge(), with_file),
        ("rsa-plain", lab.forge(lab.rsa), _template(letter.encode())),
        ("status", lab.forge(), _template(encode(status))),
        ("xades", xades(lab, with_key_info=True), with_file),
        ("inclusive", lab.forge(c14n=C14N_10, references=[inclusive]), with_file),
    ):
        yield _signed(name, forge, template, lab)


_TRUE = "Công văn thật, số 1 & <2>"


def _letter(at: datetime, files: list[NewFile] | None = None):
    return new_document(
        sender="H99.01",
        recipients=["H99.02"],
        subject=_TRUE,
        number="7",
        notation="CV-TT",
        sent_at=at,
        files=files or (),
    )


def _template(unsigned: bytes) -> str:
    return unsigned.decode().replace("</edXML:edXMLHeader>", "{SIG}</edXML:edXMLHeader>")


def _signed(name: str, forge: Forge, template: str, lab: Lab) -> Good:
    data = forge.sign(template)
    return Good(name, data, lab, "Công văn thật", is_exclusive=name != "inclusive")
