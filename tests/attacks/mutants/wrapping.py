"""Signature wrapping: the signed part moved aside, the attacker's text where the reader looks.

XSW1 to XSW8 are of Somorovsky and others (USENIX Security 2012), XSW9 is of SAML Raider, adapted from a response with an
assertion to a package with an envelope. Each shape comes twice: around the true signature, which covers the whole document
(the attacker has no key), and signed anew over the moved part alone by its identifier (an agency whose software signs so).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree
from msgspec import Struct

from tests.attacks.mutants.good import Good
from tests.attacks.mutants.mutant import COVERAGE, INVALID, MISSING, MULTIPLE, Mutant, refused
from tests.attacks.mutants.tree import Parts, within, written
from tests.vectors.signatures.forge import QCVN, Reference

_ID = "signed"


class Shape(Struct, frozen=True):
    """A document, and what stands in the signature's Object."""

    root: etree._Element
    inside: etree._Element | None = None


def wrapping(good: Good) -> Iterator[Mutant]:
    """Every shape around the true signature, and signed by identifier."""
    for name, shape in SHAPES.items():
        made = shape(Parts(good))
        kept = good.signature
        if made.inside is not None:
            kept = kept.replace("</ds:Signature>", f"<ds:Object>{_text(made.inside)}</ds:Object></ds:Signature>")
        yield refused(f"{name}-kept", written(made.root).replace("{SIG}", kept), INVALID, COVERAGE, MULTIPLE)
    for name, shape in SHAPES.items():
        made = shape(Parts(good))
        true = _true_part(made, good)
        if true is None:
            continue
        true.set("Id", _ID)
        objects = "" if made.inside is None else f"<ds:Object>{_text(made.inside)}</ds:Object>"
        forge = good.lab.forge(references=[Reference(uri=f"#{_ID}", target=_ID)], objects=objects)
        yield refused(f"{name}-by-id", forge.sign(written(made.root)), COVERAGE)
    yield from _moved(good)


def _text(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _true_part(made: Shape, good: Good) -> etree._Element | None:
    """Return the outermost copy of the true envelope: what a careless signature would cover."""
    for root in (made.inside, made.root):
        for element in () if root is None else root.iter(f"{{{QCVN}}}edXMLEnvelope"):
            if good.true_text in "".join(element.itertext()):
                return element
    return None


def _in_object(parts: Parts) -> Shape:
    return Shape(parts.root(is_evil=True), parts.root(is_signed=False))


def _before_signature(parts: Parts) -> Shape:
    root = parts.root(is_evil=True)
    place = within(root, "SIG")
    place.addprevious(parts.part("edXMLEnvelope"))
    return Shape(root)


def _evil_first(parts: Parts) -> Shape:
    root = parts.root()
    within(root, "edXMLEnvelope").addprevious(parts.part("edXMLEnvelope", is_evil=True))
    return Shape(root)


def _evil_around(parts: Parts) -> Shape:
    root = parts.root(is_evil=True, is_signed=False)
    within(root, "edXMLHeader").append(parts.part("edXMLEnvelope", is_signed=True))
    return Shape(root)


def _true_appended(parts: Parts) -> Shape:
    root = parts.root(is_evil=True)
    root.append(parts.part("edXMLEnvelope"))
    return Shape(root)


def _envelope_in_object(parts: Parts) -> Shape:
    return Shape(parts.root(is_evil=True), parts.part("edXMLEnvelope"))


def _in_extension(parts: Parts) -> Shape:
    root = parts.root(is_evil=True)
    extension = etree.SubElement(root, f"{{{QCVN}}}Extensions")
    extension.append(parts.part("edXMLEnvelope"))
    return Shape(root)


def _header_in_object(parts: Parts) -> Shape:
    return Shape(parts.root(is_evil=True), parts.part("edXMLHeader"))


def _evil_in_object(parts: Parts) -> Shape:
    return Shape(parts.root(), parts.part("edXMLEnvelope", is_evil=True))


def _two_headers(parts: Parts) -> Shape:
    root = parts.root()
    within(root, "edXMLHeader").addprevious(parts.part("edXMLHeader", is_evil=True))
    return Shape(root)


def _header_after(parts: Parts) -> Shape:
    root = parts.root()
    within(root, "edXMLHeader").addnext(parts.part("edXMLHeader", is_evil=True))
    return Shape(root)


def _two_message_headers(parts: Parts) -> Shape:
    root = parts.root()
    within(root, "MessageHeader").addprevious(parts.part("MessageHeader", is_evil=True))
    return Shape(root)


def _true_document_as_attachment(parts: Parts) -> Shape:
    root = parts.root(is_evil=True)
    holder = etree.SubElement(root, f"{{{QCVN}}}AttachmentEncoded")
    holder.append(parts.root(is_signed=False))
    return Shape(root)


def _document_in_document(parts: Parts) -> Shape:
    outer = etree.Element(f"{{{QCVN}}}edXML", nsmap={None: QCVN})
    outer.append(parts.part("edXMLEnvelope", is_evil=True))
    outer.append(parts.root())
    return Shape(outer)


SHAPES: dict[str, Callable[[Parts], Shape]] = {
    "xsw1-true-document-in-object": _in_object,
    "xsw2-true-envelope-before-signature": _before_signature,
    "xsw3-evil-envelope-first": _evil_first,
    "xsw4-evil-envelope-around-true": _evil_around,
    "xsw5-true-envelope-at-the-end": _true_appended,
    "xsw6-true-envelope-in-object": _envelope_in_object,
    "xsw7-true-envelope-in-extensions": _in_extension,
    "xsw8-true-header-in-object": _header_in_object,
    "xsw9-evil-envelope-in-object": _evil_in_object,
    "evil-header-first": _two_headers,
    "evil-header-second": _header_after,
    "evil-message-header-first": _two_message_headers,
    "true-document-as-attachment": _true_document_as_attachment,
    "true-document-inside-evil": _document_in_document,
}


def _moved(good: Good) -> Iterator[Mutant]:
    """The signature itself moved, doubled, joined by the attacker's, or taken away."""
    own, template = good.signature, good.template
    stranger = good.lab.forge(good.lab.stranger).sign(template).decode()
    theirs = stranger[stranger.index("<ds:Signature ") : stranger.index("</ds:Signature>") + len("</ds:Signature>")]
    bare = template.replace("{SIG}", "")
    yield refused("signature-twice", template.replace("{SIG}", own + own), MULTIPLE)
    yield refused("attackers-signature-first", template.replace("{SIG}", theirs + own), MULTIPLE)
    yield refused("attackers-signature-second", template.replace("{SIG}", own + theirs), MULTIPLE)
    nested = own.replace("</ds:Signature>", f"<ds:Object>{theirs}</ds:Object></ds:Signature>")
    yield refused("attackers-signature-in-object", template.replace("{SIG}", nested), MULTIPLE)
    for name, before in {
        "root": "</edXML>",
        "envelope": "</edXML:edXMLEnvelope>",
        "message-header": "</edXML:MessageHeader>",
    }.items():
        yield refused(f"signature-moved-to-{name}", bare.replace(before, own + before, 1), COVERAGE)
    first = template.replace("{SIG}", "").replace("<edXML:edXMLHeader>", f"<edXML:edXMLHeader>{own}", 1)
    yield refused("signature-first-in-header", first, COVERAGE)
    dummy = f'<Signature xmlns="{QCVN}"><SignedInfo/></Signature>'
    required = (MISSING, INVALID, "schema-invalid")
    yield refused("dummy-signature-beside", template.replace("{SIG}", dummy + own), INVALID)
    renamed = own.replace("xmldsig#", "xmldsig-gone#")
    yield refused("signature-of-another-namespace", template.replace("{SIG}", renamed), *required)
