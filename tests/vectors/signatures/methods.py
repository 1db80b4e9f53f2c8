"""Transforms, algorithms and keys that are not on the lists (signatures A.1, rows 9 to 12 and 18)."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.vectors.signatures.documents import package
from tests.vectors.signatures.forge import C14N_10, DS, ENVELOPED, EXC, MORE, WHOLE, Forge, Reference, transform
from tests.vectors.signatures.signers import Lab, Vector


def transforms(lab: Lab) -> Iterator[Vector]:
    """A.1 rows 9 and 18: transforms and canonicalisations that are not on the list."""
    xpath = transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>false()</ds:XPath>")
    sheet = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/>'
    filter2 = '<f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">/</f:XPath>'
    prefixes = f'<InclusiveNamespaces xmlns="{EXC}" PrefixList="%s"/>'
    for name, content in {
        "xpath-false": WHOLE + xpath,
        "xpath-instead-of-enveloped": xpath + transform(EXC),
        "xslt": transform(ENVELOPED) + transform("http://www.w3.org/TR/1999/REC-xslt-19991116", sheet),
        "filter2": transform(ENVELOPED) + transform("http://www.w3.org/2002/06/xmldsig-filter2", filter2),
        "base64": transform(ENVELOPED) + transform(f"{DS}base64"),
        "unknown": transform(ENVELOPED) + transform("urn:nonsense"),
        "with-comments": transform(ENVELOPED) + transform(f"{EXC}WithComments"),
        "none": "",
        "no-canonicalisation": transform(ENVELOPED),
        "not-enveloped": transform(EXC),
        "wrong-order": transform(EXC) + transform(ENVELOPED),
        "twice": WHOLE + transform(EXC),
        "many": transform(ENVELOPED) + transform(EXC) * 5000,
        "content-in-enveloped": transform(ENVELOPED, "<ds:X/>") + transform(EXC),
        "prefix-list": transform(ENVELOPED) + transform(EXC, prefixes % "edXML"),
        "prefix-list-with-default": transform(ENVELOPED) + transform(EXC, prefixes % "#default"),
        "empty-prefix-list": transform(ENVELOPED) + transform(EXC, prefixes % ""),
    }.items():
        forged = lab.forge(references=[Reference(transforms=content)])
        yield "signature-transform-forbidden", f"transform-{name}", forged.sign(lab.template)
    for name, algorithm in {
        "with-comments": f"{EXC}WithComments",
        "c14n-with-comments": f"{C14N_10}#WithComments",
        "unknown": "urn:nonsense",
        "none": "",
    }.items():
        forged = lab.forge(c14n=algorithm)
        yield "signature-transform-forbidden", f"signed-info-canonicalisation-{name}", forged.sign(lab.template)
    listed = lab.forge(c14n_content=prefixes % "edXML", prefixes=("edXML",))
    yield "signature-transform-forbidden", "signed-info-canonicalisation-prefix-list", listed.sign(lab.template)
    inherited = lab.forge(c14n=C14N_10)
    yield (
        "signature-transform-forbidden",
        "inclusive-below-xml-lang",
        inherited.sign(package(attributes='xml:lang="vi"')),
    )


def algorithms(lab: Lab) -> Iterator[Vector]:
    """A.1 rows 10 to 12: algorithms and keys that are too weak or of another kind."""
    code = "signature-algorithm-forbidden"
    yield code, "rsa-sha1", lab.forge(lab.rsa, method=f"{DS}rsa-sha1").sign(lab.template)
    yield code, "rsa-md5", lab.forge(lab.rsa, method=f"{MORE}rsa-md5").sign(lab.template)
    yield code, "ecdsa-sha1", lab.forge(method=f"{MORE}ecdsa-sha1").sign(lab.template)
    yield code, "no-signature-method", lab.forge(method="urn:none").sign(lab.template)
    for name, method in {"sha1": f"{DS}sha1", "md5": f"{MORE}md5", "sha224": f"{MORE}sha224"}.items():
        yield code, f"digest-{name}", lab.forge(references=[Reference(digest_method=method)]).sign(lab.template)
    certificate = lab.ec.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mac = Forge(certificate, list(lab.ec.chain), method=f"{MORE}hmac-sha256")
    yield code, "hmac-keyed-with-the-public-key", mac.sign(lab.template)
    mac.method_content = "<ds:HMACOutputLength>0</ds:HMACOutputLength>"
    yield code, "hmac-output-length-zero", mac.sign(lab.template)
    shortened = lab.forge(method_content="<ds:HMACOutputLength>8</ds:HMACOutputLength>")
    yield code, "output-length-in-ecdsa", shortened.sign(lab.template)
    weak = lab.issue(rsa.generate_private_key(65537, 1024))
    yield code, "rsa-1024", lab.forge(weak).sign(lab.template)
    old = lab.issue(dsa.generate_private_key(2048))
    yield code, "dsa-sha256", lab.forge(old, method="http://www.w3.org/2009/xmldsig11#dsa-sha256").sign(lab.template)
    yield code, "dsa-key-under-ecdsa-method", lab.forge(old, method=f"{MORE}ecdsa-sha256").sign(lab.template)
    for curve in (ec.SECP256K1(), ec.SECP224R1()):
        yield code, f"curve-{curve.name}", lab.forge(lab.issue(ec.generate_private_key(curve))).sign(lab.template)
    edwards = lab.issue(ed25519.Ed25519PrivateKey.generate())
    yield code, "ed25519-key", lab.forge(edwards, method=f"{MORE}ecdsa-sha256").sign(lab.template)
    yield code, "rsa-method-with-ec-key", lab.forge(method=f"{MORE}rsa-sha256").sign(lab.template)
    yield code, "ec-method-with-rsa-key", lab.forge(lab.rsa, method=f"{MORE}ecdsa-sha256").sign(lab.template)
