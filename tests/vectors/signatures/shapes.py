"""Signatures in the wrong place, over the wrong thing, or leading elsewhere (signatures A.1, rows 1 to 4, 14 and 15)."""

from collections.abc import Iterator

from tests.vectors.signatures.documents import EVIL_SUBJECT, TRUE_SUBJECT, envelope, header, package
from tests.vectors.signatures.forge import DS, EXC, QCVN, SHA256, Forge, Reference, transform
from tests.vectors.signatures.signers import Lab, Vector


def places(lab: Lab) -> Iterator[Vector]:
    """A.1 rows 1 to 4: the signature missing, twice, elsewhere, or over a part."""
    honest = lab.forge().sign(package())
    yield "signature-missing", "no-signature", package().replace("{SIG}", "").encode()
    dummy = "<Signature xmlns='" + QCVN + "'><SignedInfo/></Signature>"
    yield "signature-missing", "qcvn-dummy-signature", package().replace("{SIG}", dummy).encode()
    start, end = honest.index(b"<ds:Signature "), honest.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    element = honest[start:end]
    yield "signature-multiple", "same-signature-twice", honest[:end] + element + honest[end:]
    foreign = Forge(lab.stranger.key, list(lab.stranger.chain)).sign(package())
    other = foreign[foreign.index(b"<ds:Signature ") : foreign.index(b"</ds:Signature>") + len(b"</ds:Signature>")]
    yield "signature-multiple", "attackers-signature-before-the-true-one", honest[:start] + other + honest[start:]
    yield "signature-multiple", "attackers-signature-after-the-true-one", honest[:end] + other + honest[end:]
    yield (
        "signature-multiple",
        "signature-inside-an-object",
        lab.forge(objects=f"<ds:Object>{element.decode()}</ds:Object>").sign(package()),
    )
    for name, template in {
        "in-the-root": package(envelope(inside="") + "{SIG}"),
        "in-the-envelope": package(envelope(inside="", after="{SIG}")),
        "not-last-in-the-header": package(envelope(inside="{SIG}<edXML:Later>x</edXML:Later>")),
        "before-text": package(envelope(inside="{SIG} sau ")),
        "in-the-message-header": package(envelope(inside="")).replace(
            "</edXML:MessageHeader>", "{SIG}</edXML:MessageHeader>"
        ),
        "in-the-second-of-two-headers": package(
            envelope(inside="").replace("</edXML:edXMLEnvelope>", header() + "</edXML:edXMLEnvelope>")
        ),
        "in-the-second-of-two-envelopes": package(envelope(EVIL_SUBJECT, "") + envelope()),
        "under-a-root-of-another-namespace": package().replace(f'<edXML xmlns="{QCVN}"', '<edXML xmlns="urn:other"'),
        "under-another-root": package()
        .replace(f'<edXML xmlns="{QCVN}"', f'<eDoc xmlns="{QCVN}"')
        .replace("</edXML>", "</eDoc>"),
    }.items():
        yield "signature-coverage", f"signature-{name}", lab.forge().sign(template)
    enveloping = lab.forge(
        references=[Reference(uri="#object", target="object", transforms=transform(EXC))],
        objects=f'<ds:Object Id="object">{package(envelope(inside="")).partition(chr(10))[2]}</ds:Object>',
    ).sign("{SIG}")
    yield "signature-coverage", "enveloping-signature", enveloping


def wrappings(lab: Lab) -> Iterator[Vector]:
    """A.1 rows 1 and 2: the signed part moved aside, evil text in its place (XSW1 to XSW8, adapted)."""

    def signed(template: str, *, wrapped: str = "") -> bytes:
        reference = Reference(uri="#signed", target="signed")
        return lab.forge(references=[reference], objects=wrapped).sign(template)

    own = 'Id="signed"'
    true_alone = envelope(TRUE_SUBJECT, "", own)
    in_object = f"<ds:Object>{true_alone}</ds:Object>"
    yield (
        "signature-coverage",
        "xsw1-true-envelope-in-object",
        signed(package(envelope(EVIL_SUBJECT)), wrapped=in_object),
    )
    yield (
        "signature-coverage",
        "xsw2-same-identifier-true-in-object",
        signed(package(envelope(EVIL_SUBJECT, attributes=own)), wrapped=in_object),
    )
    yield "signature-coverage", "xsw3-evil-envelope-first", signed(package(envelope(EVIL_SUBJECT) + true_alone))
    yield "signature-coverage", "xsw4-evil-envelope-last", signed(package(true_alone + envelope(EVIL_SUBJECT)))
    yield (
        "signature-coverage",
        "xsw5-true-envelope-inside-evil-header",
        signed(package(envelope(EVIL_SUBJECT, f"<Extension>{true_alone}</Extension>{{SIG}}"))),
    )
    yield (
        "signature-coverage",
        "xsw6-evil-envelope-inside-true",
        signed(package(envelope(TRUE_SUBJECT, "{SIG}", own, after=envelope(EVIL_SUBJECT, "")))),
    )
    yield (
        "signature-coverage",
        "xsw7-true-envelope-in-extension-after",
        signed(package(envelope(EVIL_SUBJECT) + f"<Extensions>{true_alone}</Extensions>")),
    )
    yield (
        "signature-coverage",
        "xsw8-signature-stays-with-true-envelope",
        signed(package(envelope(EVIL_SUBJECT, "") + envelope(TRUE_SUBJECT, "{SIG}", own))),
    )
    yield "signature-coverage", "reference-to-a-child-only", signed(package(envelope(attributes=own)))
    yield "signature-coverage", "reference-to-the-root-by-identifier", signed(package(attributes=own))
    both = [Reference(), Reference(uri="#signed", target="signed")]
    yield (
        "signature-coverage",
        "a-child-beside-the-document",
        lab.forge(references=both).sign(package(envelope(attributes=own))),
    )
    yield "signature-coverage", "the-document-twice", lab.forge(references=[Reference(), Reference()]).sign(package())
    manifest = (
        f'<ds:Object><ds:Manifest Id="m"><ds:Reference URI=""><ds:DigestMethod Algorithm="{SHA256}"/>'
        "<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:Manifest></ds:Object>"
    )
    only = Reference(uri="#m", target="m", transforms=transform(EXC), attributes=f'Type="{DS}Manifest"')
    yield "signature-coverage", "manifest-only", lab.forge(references=[only], objects=manifest).sign(package())
    yield (
        "signature-coverage",
        "manifest-beside-the-document",
        lab.forge(references=[Reference(), only], objects=manifest).sign(package()),
    )
    yield "signature-coverage", "unsigned-object", lab.forge(objects="<ds:Object>x</ds:Object>").sign(package())
    typed = Reference(attributes=f'Type="{DS}Object"')
    yield "signature-coverage", "document-reference-with-a-type", lab.forge(references=[typed]).sign(package())
    for first, second in (("Id", "Id"), ("Id", "ID"), ("id", "ID"), ("Id", "xml:id"), ("id", "w:Id")):
        after = f'<a {first}="same"/><b xmlns:w="urn:w" {second}="same"/>'
        name = f"same-identifier-{first}-and-{second}".replace(":", "-")
        yield "signature-coverage", name, lab.forge().sign(package(envelope(after=after)))


def references(lab: Lab) -> Iterator[Vector]:
    """A.1 rows 14 and 15: references that lead elsewhere, or too many."""
    for name, uri in {
        "http": "http://127.0.0.1:9/x",
        "file": "file:///etc/passwd",
        "relative": "other.xml",
        "xpointer-root": "#xpointer(/)",
        "xpointer-id": "#xpointer(id('signed'))",
        "missing": None,
        "cid": "cid:attachment-1",
        "urn": "urn:x",
    }.items():
        outside = Reference(uri=uri, digest=bytes(32))
        yield "signature-reference-forbidden", f"reference-{name}", lab.forge(references=[outside]).sign(lab.template)
    beside = [Reference(), Reference(uri="cid:attachment-1", transforms="", digest=bytes(32))]
    yield (
        "signature-reference-forbidden",
        "reference-cid-beside-the-document",
        lab.forge(references=beside).sign(lab.template),
    )
    yield (
        "signature-reference-forbidden",
        "many-references",
        lab.forge(references=[Reference()] * 40).sign(lab.template),
    )
    retrieval = f'<ds:RetrievalMethod URI="http://127.0.0.1:9/x" Type="{DS}X509Data"/>'
    yield "signature-reference-forbidden", "retrieval-method", lab.forge(key_info_extra=retrieval).sign(lab.template)
    elsewhere = '<k:KeyInfoReference xmlns:k="http://www.w3.org/2009/xmldsig11#" URI="#x"/>'
    yield "signature-reference-forbidden", "key-info-reference", lab.forge(key_info_extra=elsewhere).sign(lab.template)
