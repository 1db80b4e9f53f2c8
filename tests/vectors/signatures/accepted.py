"""What must be accepted: honest signatures of every shape that the profile allows."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec

from tests.vectors.signatures.documents import envelope, package
from tests.vectors.signatures.forge import (
    C14N_10,
    C14N_11,
    ENVELOPED,
    MORE,
    MORE_2007,
    QCVN,
    Forge,
    Reference,
    transform,
)
from tests.vectors.signatures.signers import Lab, Vector, key_value, xades


def valid(lab: Lab) -> Iterator[Vector]:
    """What must be accepted."""
    yield "valid", "ec-p256", lab.forge().sign(package())
    yield "valid", "rsa-2048", lab.forge(lab.rsa).sign(package())
    for size in ("384", "512"):
        yield "valid", f"rsa-sha{size}", lab.forge(lab.rsa, method=f"{MORE}rsa-sha{size}").sign(package())
    yield "valid", "rsa-pss", lab.forge(lab.rsa, method=f"{MORE_2007}sha256-rsa-MGF1").sign(package())
    for curve, size in ((ec.SECP384R1(), "384"), (ec.SECP521R1(), "512")):
        signer = lab.issue(ec.generate_private_key(curve))
        yield "valid", f"ec-{curve.name}", lab.forge(signer, method=f"{MORE}ecdsa-sha{size}").sign(package())
    for name, algorithm in (("c14n10", C14N_10), ("c14n11", C14N_11)):
        reference = Reference(transforms=transform(ENVELOPED) + transform(algorithm), c14n=algorithm)
        yield "valid", name, lab.forge(c14n=algorithm, references=[reference]).sign(package())
    for name, method in (
        ("sha384-digest", f"{MORE}sha384"),
        ("sha512-digest", "http://www.w3.org/2001/04/xmlenc#sha512"),
    ):
        yield "valid", name, lab.forge(references=[Reference(digest_method=method)]).sign(package())
    yield "valid", "leaf-certificate-last", Forge(lab.ec.key, list(reversed(lab.ec.chain))).sign(package())
    yield "valid", "white-space-around-the-signature", lab.forge().sign(package(envelope(inside="\n  {SIG}\n \t ")))
    yield (
        "valid",
        "signature-alone-in-its-header",
        lab.forge().sign(
            package(
                f'<edXML:edXMLEnvelope xmlns:edXML="{QCVN}"><edXML:edXMLHeader> {{SIG}}\n</edXML:edXMLHeader>'
                "</edXML:edXMLEnvelope>"
            )
        ),
    )
    yield "valid", "key-value-of-the-certificate", lab.forge(key_info_extra=key_value(lab.ec)).sign(package())
    yield (
        "valid",
        "rsa-key-value-of-the-certificate",
        lab.forge(lab.rsa, key_info_extra=key_value(lab.rsa)).sign(package()),
    )
    yield "valid", "xades", xades(lab).sign(package())
    yield "valid", "xades-with-key-info", xades(lab, with_key_info=True).sign(package())
    commented = lab.forge().sign(package()).replace(b"<ds:DigestValue>", b"<ds:DigestValue><!-- a -->")
    yield "valid", "comment-in-digest-value", commented
