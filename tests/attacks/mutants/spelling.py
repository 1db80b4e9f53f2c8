"""Other spellings of the same document: what canonical XML takes away, and what it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.attacks.mutants.good import Good
from tests.attacks.mutants.mutant import (
    BROKEN,
    COVERAGE,
    INVALID,
    MISSING,
    SCHEMA,
    UNKNOWN_TYPE,
    Mutant,
    benign,
    refused,
)
from tests.vectors.signatures.forge import DS, QCVN

_HEADER = "<edXML:MessageHeader>"


def spelling(good: Good) -> Iterator[Mutant]:
    """White space and quotes in tags, line ends, empty tags, the order of attributes, base64 in lines."""
    yield benign("spaces-in-tags", good.change(_HEADER, "<edXML:MessageHeader \t\n>"))
    yield benign("spaces-in-end-tags", good.change("</edXML:MessageHeader>", "</edXML:MessageHeader >"))
    yield benign("single-quotes", good.change(f'xmlns="{QCVN}"', f"xmlns='{QCVN}'"))
    lines = good.text.splitlines()
    for name, end in (("windows", "\r\n"), ("unix", "\n"), ("old", "\r")):
        yield benign(f"line-ends-of-{name}", end.join(lines))
    yield benign("signature-value-in-lines", re.sub("(<ds:SignatureValue>.{20})", "\\1\n \t", good.text))
    yield benign("digest-value-in-lines", re.sub("(<ds:DigestValue>.{20})", "\\1\n", good.text), INVALID)
    yield benign("certificate-in-lines", re.sub("(<ds:X509Certificate>.{64})", "\\1\r\n", good.text), INVALID)
    yield benign("end-tags-written-out", re.sub(r"<(ds:\w+)( [^<>]*)/>", r"<\1\2></\1>", good.text))
    yield benign("greater-than-escaped", good.change("&lt;2&gt;", "&lt;2>"))
    yield refused("signature-value-in-other-base64", re.sub("=</ds:SignatureV", "</ds:SignatureV", good.text), INVALID)
    yield refused(
        "signature-value-with-unicode-space", good.change("<ds:SignatureValue>", "<ds:SignatureValue>\u00a0"), INVALID
    )


def namespaces(good: Good) -> Iterator[Mutant]:
    """Prefixes declared again, bound elsewhere, renamed, undeclared; names of namespaces that only look alike."""
    own = f'xmlns:edXML="{QCVN}"'
    yield benign("declared-again", good.change(_HEADER, f"<edXML:MessageHeader {own}>"))
    yield benign("signature-prefix-declared-again", good.change("<ds:SignedInfo>", f'<ds:SignedInfo xmlns:ds="{DS}">'))
    unused = good.change("<edXML ", '<edXML xmlns:unused="urn:x" ')
    if good.is_exclusive and good.name != "xades":  # its KeyInfo is signed in the inclusive form
        yield benign("unused-declaration", unused)
    else:
        yield refused("unused-declaration", unused, INVALID)
    for name, text in {
        "prefix-renamed": good.text.replace("edXML:", "q:").replace("xmlns:edXML", "xmlns:q"),
        "prefix-bound-to-evil": good.change(_HEADER, '<edXML:MessageHeader xmlns:edXML="urn:evil">'),
        "default-for-prefix": re.sub("<(/?)edXML:MessageHeader", r"<\1MessageHeader", good.text),
        "default-undeclared-inside": good.change("</edXML>", '<x xmlns=""/></edXML>'),
        "relative-name": good.change(_HEADER, '<edXML:MessageHeader xmlns:r="relative">'),
        "relative-name-used": good.change(_HEADER, '<edXML:MessageHeader xmlns:r="../r" r:a="1">'),
        "attribute-of-evil-namespace": good.change(_HEADER, '<edXML:MessageHeader xmlns:e="urn:evil" e:Id="x">'),
        "signature-prefix-on-header": good.change(_HEADER, f'<edXML:MessageHeader xmlns:ds="{DS}" ds:Id="x">'),
        "qualified-algorithm": good.change(
            '<ds:CanonicalizationMethod Algorithm="', '<ds:CanonicalizationMethod ds:Algorithm="'
        ),
        "qualified-uri": good.change('URI=""', 'ds:URI=""'),
    }.items():
        yield refused(
            f"namespace-{name}", text, INVALID, "signature-transform-forbidden", "signature-reference-forbidden"
        )
    for name, uri in {
        "slash": f"{QCVN}/",
        "case": QCVN.upper(),
        "space": f"{QCVN} ",
        "percent": QCVN.replace("_", "%5F"),
    }.items():
        yield refused(
            f"root-namespace-with-{name}", good.text.replace(f'xmlns="{QCVN}"', f'xmlns="{uri}"'), UNKNOWN_TYPE, BROKEN
        )
        inside = good.text.replace(own, f'xmlns:edXML="{uri}"')
        codes = (UNKNOWN_TYPE, SCHEMA, INVALID, BROKEN, COVERAGE)
        yield refused(f"envelope-namespace-with-{name}", inside, *codes)
    for name, uri in {"slash": f"{DS}/", "without-hash": DS[:-1], "https": DS.replace("http:", "https:")}.items():
        text = good.text.replace(f'xmlns:ds="{DS}"', f'xmlns:ds="{uri}"')
        yield refused(f"signature-namespace-with-{name}", text, MISSING, SCHEMA, INVALID)
    for name, declaration in {
        "xml-rebound": 'xmlns:xml="urn:evil"',
        "xmlns-declared": 'xmlns:xmlns="urn:evil"',
        "prefix-undeclared-again": 'xmlns:edXML=""',
        "prefix-unknown": 'unknown:a="1"',
        "xml-namespace-taken": 'xmlns:x="http://www.w3.org/XML/1998/namespace"',
        "same-attribute-by-two-prefixes": 'xmlns:a="urn:x" xmlns:b="urn:x" a:i="1" b:i="2"',
    }.items():
        yield refused(
            f"namespace-{name}", good.change(_HEADER, f"<edXML:MessageHeader {declaration}>"), BROKEN, INVALID
        )
