"""Bodies that are hard on a verifier: floods inside the signature, chains of certificates, and places to be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from tests.attacks.bodies.body import MEGABYTE, Body
from tests.attacks.certificates import hostile_chains
from tests.attacks.mutants import Good
from tests.vectors.signatures.forge import DS, EXC, QCVN, Forge

_XSLT = (
    '<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"><x:template match="/">'
    '<x:for-each select="//node()//node()//node()"/></x:template></x:stylesheet>'
)
_XPATH = "<ds:XPath>count(//node()//node()//node()//node())</ds:XPath>"


def signatures(good: Good) -> Iterator[Body]:
    """Floods of everything that a signature may hold."""
    codes = (
        "signature-transform-forbidden",
        "signature-reference-forbidden",
        "signature-coverage",
        "signature-multiple",
        "signature-invalid",
        "xml-limit-exceeded",
    )
    transform = f'<ds:Transform Algorithm="{EXC}"/>'
    xslt = f'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">{_XSLT}</ds:Transform>'
    xpath = f'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">{_XPATH}</ds:Transform>'
    certificate, end = "<ds:X509Certificate>{}</ds:X509Certificate>", "</ds:X509Data>"
    flood = "QUJD" * 5 * MEGABYTE
    own = good.signature
    reference = re.search("<ds:Reference .*?</ds:Reference>", own)
    assert reference
    for name, old, new in (
        ("transforms-eighteen-thousand", "<ds:Transforms>", "<ds:Transforms>" + transform * 18_000),
        ("transform-of-xslt", "<ds:Transforms>", "<ds:Transforms>" + xslt),
        ("transform-of-xpath", "<ds:Transforms>", "<ds:Transforms>" + xpath),
        ("references-five-thousand", reference[0], reference[0] * 5000),
        ("references-sixty", reference[0], reference[0] * 60),
        ("signatures-ninety", own, own * 60),
        ("signatures-nested", "</ds:Signature>", f"<ds:Object>{own}</ds:Object>" * 60 + "</ds:Signature>"),
        ("objects-eighteen-thousand", "</ds:Signature>", "<ds:Object/>" * 18_000 + "</ds:Signature>"),
        ("certificates-ten-thousand", end, certificate.format("QUJD") * 9000 + end),
        ("certificate-of-twenty-megabytes", end, certificate.format(flood) + end),
        ("signature-value-of-twenty-megabytes", "</ds:SignatureValue>", flood + "</ds:SignatureValue>"),
        ("digest-value-of-twenty-megabytes", "</ds:DigestValue>", flood + "</ds:DigestValue>"),
        ("uri-of-sixty-kilobytes", 'URI=""', f'URI="#{"x" * 60_000}"'),
        ("algorithm-of-sixty-kilobytes", f'Algorithm="{DS}enveloped', f'Algorithm="{"x" * 60_000}'),
        ("identifiers-eighteen-thousand", "</edXML>", "".join(f'<i Id="i{n}"/>' for n in range(18_000)) + "</edXML>"),
        ("identifiers-equal", "</edXML>", '<i Id="i"/>' * 18_000 + "</edXML>"),
    ):
        yield Body(name, partial(_replaced, good, old, new), codes)


def _replaced(good: Good, old: str, new: str) -> bytes:
    return good.change(old, new).encode()


def certificates(good: Good) -> Iterator[Body]:
    """Chains that cost much to follow; a hub that knows the true authority itself may pass them over."""
    for name, identity in hostile_chains(good.lab):
        yield Body(
            name, partial(Forge(identity.key, list(identity.chain)).sign, good.template), (), (200, 201, 409, 422)
        )


def pointing(good: Good, elsewhere: str) -> Iterator[Body]:
    """Everything in a package that could be followed."""
    codes = ("signature-reference-forbidden", "schema-invalid", "signature-invalid", "signature-transform-forbidden")
    header = "<edXML:MessageHeader>"
    xsi = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{QCVN} {elsewhere}/x.xsd"'
    sheet = f'<?xml-stylesheet type="text/xsl" href="{elsewhere}/x.xsl"?>'
    for name, old, new in (
        ("schema-location", "<edXML ", f"<edXML {xsi} "),
        ("xinclude", header, f'{header}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{elsewhere}/x"/>'),
        ("reference-http", 'URI=""', f'URI="{elsewhere}/x"'),
        ("reference-file", 'URI=""', 'URI="file:///etc/passwd"'),
        ("retrieval-method", "<ds:X509Data>", f'<ds:RetrievalMethod URI="{elsewhere}/x"/><ds:X509Data>'),
        ("xml-base", header, f'<edXML:MessageHeader xml:base="{elsewhere}/">'),
        ("stylesheet", "<edXML ", f"{sheet}<edXML "),
    ):
        yield Body(f"pointing-by-{name}", partial(_replaced, good, old, new), (*codes, "signature-ambiguous-content"))
