"""Changed bytes, swapped keys, ambiguous content, and XAdES properties that nothing covers (A.1, rows 5 to 7, 13 and 16)."""

import re
from collections.abc import Iterator

from tests.vectors.signatures.documents import EVIL_SUBJECT, TRUE_SUBJECT, envelope, package
from tests.vectors.signatures.forge import XADES, Forge, Reference
from tests.vectors.signatures.signers import Lab, Vector, key_value, xades


def changed(lab: Lab) -> Iterator[Vector]:
    """A.1 rows 5 to 7 and 13: changed bytes, swapped keys, ambiguous content, malformed signatures."""
    code = "signature-invalid"
    honest = lab.forge().sign(package())
    yield code, "subject-changed", honest.replace(TRUE_SUBJECT.encode(), EVIL_SUBJECT.encode())
    yield code, "attachment-changed", honest.replace(b"QUJDREVGR0g=", b"QUJDREVGR0k=")
    yield code, "element-added", honest.replace(b"</edXML>", b"<More/></edXML>")
    yield code, "space-added", honest.replace(b"</edXML>", b" </edXML>")
    yield code, "digest-of-another-document", lab.forge(references=[Reference(digest=bytes(32))]).sign(package())
    yield code, "digest-too-short", lab.forge(references=[Reference(digest=bytes(8))]).sign(package())
    yield code, "value-of-zeros", lab.forge(value=bytes(64)).sign(package())
    yield code, "value-in-der", lab.forge(is_der=True).sign(package())
    yield code, "value-too-short", lab.forge(value=b"\1" * 8).sign(package())
    swapped = Forge(lab.stranger.key, list(lab.ec.chain))
    yield code, "strangers-key-under-the-victims-certificate", swapped.sign(package())
    yield (
        "certificate-untrusted",
        "victims-signature-with-strangers-certificate",
        Forge(lab.ec.key, list(lab.stranger.chain)).sign(package()),
    )
    yield "certificate-untrusted", "strangers-certificate", lab.forge(lab.stranger).sign(package())
    yield (
        "certificate-untrusted",
        "two-registered-certificates",
        Forge(lab.ec.key, [lab.ec.certificate, lab.other.certificate]).sign(package()),
    )
    yield "certificate-untrusted", "no-certificate", lab.forge(key_info="<ds:KeyInfo/>").sign(package())
    yield (
        "certificate-untrusted",
        "key-value-instead-of-certificate",
        lab.forge(key_info=f"<ds:KeyInfo>{key_value(lab.ec)}</ds:KeyInfo>").sign(package()),
    )
    broken = "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>QUJD</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    yield "certificate-untrusted", "certificate-of-garbage", lab.forge(key_info=broken).sign(package())
    yield code, "no-key-info", lab.forge(key_info="").sign(package())
    yield code, "certificate-no-base64", lab.forge(key_info=broken.replace("QUJD", "Q*")).sign(package())
    yield code, "six-certificates", Forge(lab.ec.key, [*lab.ec.chain, *lab.ec.chain, *lab.ec.chain]).sign(package())
    yield code, "key-value-of-another-key", lab.forge(key_info_extra=key_value(lab.stranger)).sign(package())
    yield code, "key-value-of-another-kind", lab.forge(key_info_extra=key_value(lab.rsa)).sign(package())
    signed_info = honest[honest.index(b"<ds:SignedInfo>") : honest.index(b"</ds:SignedInfo>") + 16].decode()
    yield code, "second-signed-info", lab.forge(extra=signed_info).sign(package())
    yield code, "second-signature-value", lab.forge(extra="<ds:SignatureValue>AAAA</ds:SignatureValue>").sign(package())
    yield code, "unknown-attribute", lab.forge(signature_attributes='wrong="1"').sign(package())
    yield code, "text-between", honest.replace(b"<ds:KeyInfo", b"text<ds:KeyInfo")
    yield code, "element-in-digest-value", honest.replace(b"</ds:DigestValue>", b"<ds:X/></ds:DigestValue>")
    yield code, "crl-in-key-info", honest.replace(b"</ds:X509Data>", b"<ds:X509CRL>AAAA</ds:X509CRL></ds:X509Data>")
    nothing = b"<ds:SignedInfo></ds:SignedInfo>"
    yield code, "empty-signed-info", honest.replace(signed_info.encode(), nothing)
    yield (
        code,
        "relative-namespace-name",
        lab.forge().sign(package()).replace(b"<AttachmentEncoded>", b'<AttachmentEncoded xmlns:r="relative">'),
    )
    yield (
        code,
        "xsi-type",
        lab.forge()
        .sign(package())
        .replace(
            b"<AttachmentEncoded>",
            b'<AttachmentEncoded xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x">',
        ),
    )
    ambiguous = "signature-ambiguous-content"
    yield ambiguous, "processing-instruction-in-a-value", lab.forge().sign(package(envelope("Công<?x?> văn")))
    yield ambiguous, "processing-instruction-before-the-root", lab.forge().sign(package(before="<?x y?>"))


def _on(text: str, day: str) -> str:
    return re.sub(r"(<x:SigningTime>)[-0-9]{10}", rf"\g<1>{day}", text)


def properties(lab: Lab) -> Iterator[Vector]:
    """A.1 row 16: XAdES properties that are not signed, not this signature's, or not checked here."""
    for code, name, change in (
        (
            "signature-coverage",
            "target-of-another-signature",
            lambda text: text.replace('Target="#s"', 'Target="#other"'),
        ),
        ("signature-coverage", "no-target", lambda text: text.replace('Target="#s"', "")),
        (
            "signature-coverage",
            "unsigned-properties",
            lambda text: text.replace("</x:QualifyingProperties>", "<x:UnsignedProperties/></x:QualifyingProperties>"),
        ),
        (
            "signature-coverage",
            "properties-twice",
            lambda text: text.replace(
                "</ds:Object>", f'<x:QualifyingProperties xmlns:x="{XADES}" Target="#s"/></ds:Object>'
            ),
        ),
        (
            "signature-invalid",
            "policy",
            lambda text: text.replace(
                "</x:SignedSignatureProperties>",
                "<x:SignaturePolicyIdentifier><x:SignaturePolicyImplied/></x:SignaturePolicyIdentifier>"
                "</x:SignedSignatureProperties>",
            ),
        ),
        (
            "signature-invalid",
            "role",
            lambda text: text.replace(
                "</x:SignedSignatureProperties>", "<x:SignerRoleV2/></x:SignedSignatureProperties>"
            ),
        ),
        ("signature-invalid", "time-in-the-future", lambda text: _on(text, "2999-12-01")),
        ("signature-invalid", "time-without-zone", lambda text: text.replace("+07:00", "")),
        ("signature-invalid", "time-of-nonsense", lambda text: _on(text, "2026-02-30")),
        (
            "signature-invalid",
            "other-object",
            lambda text: text.replace('ObjectReference="#r"', 'ObjectReference="#q"'),
        ),
        (
            "signature-invalid",
            "no-signing-certificate",
            lambda text: text.replace("SigningCertificateV2", "SigningTime"),
        ),
    ):
        yield code, f"xades-{name}", xades(lab, change).sign(lab.template)
    yield "signature-invalid", "xades-certificate-of-another", xades(lab, certificate=lab.other).sign(lab.template)
    wrong_type = xades(lab)
    wrong_type.references[1].attributes = ""
    yield "signature-coverage", "xades-reference-without-its-type", wrong_type.sign(lab.template)
    not_signed = xades(lab)
    del not_signed.references[1]
    yield "signature-coverage", "xades-properties-not-signed", not_signed.sign(lab.template)
    only_key = xades(lab, with_key_info=True)
    del only_key.references[1]
    yield "signature-coverage", "xades-only-key-info-signed", only_key.sign(lab.template)
    changed_later = xades(lab).sign(lab.template).replace(b"text/xml", b"text/xmm")
    yield "signature-invalid", "xades-properties-changed", changed_later
