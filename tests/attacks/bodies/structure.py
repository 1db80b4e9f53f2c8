"""Bodies that are hard on a parser: entities, depth, width, names, encodings."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import partial

from tests.attacks.bodies.body import HEAD, MEGABYTE, ROOT, Body, inside
from tests.attacks.mutants import Good

_LIMITS = ("xml-limit-exceeded", "xml-not-well-formed")
_SHAPE = ("schema-invalid", "document-type-unknown")


def entities(elsewhere: str) -> Iterator[Body]:
    """Every DOCTYPE that ever hurt a parser."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for name, subset in {
        "billion-laughs": f'<!ENTITY l0 "ha">{laughs}',
        "quadratic": f'<!ENTITY q "{"x" * 100_000}">',
        "external": f'<!ENTITY q SYSTEM "{elsewhere}/x">',
        "file": '<!ENTITY q SYSTEM "file:///etc/passwd">',
        "parameter": f'<!ENTITY % p SYSTEM "{elsewhere}/p">%p;',
        "recursive": '<!ENTITY a "&b;"><!ENTITY b "&a;">',
        "endless": "<!ENTITY q 'x'>" * 200_000,
    }.items():
        text = f"<!DOCTYPE edXML [{subset}]><edXML>{'&q;' * 10_000}&l11;</edXML>"
        yield Body(f"entity-{name}", partial(_joined, HEAD, text), ("xml-dtd-forbidden",))
    late = b"<!--" + b" " * (5 * MEGABYTE) + b"--><!DOCTYPE a><a/>"
    yield Body("entity-doctype-after-five-megabytes", lambda: HEAD + late, ("xml-dtd-forbidden",))


def _joined(head: bytes, text: str) -> bytes:
    return head + text.encode()


def trees() -> Iterator[Body]:
    """Too deep, too wide, too many, never ended; and all that just keeps within the limits."""
    limits, honest = _LIMITS, (*_SHAPE, *_LIMITS)
    attributes = b" ".join(b'a%d="1"' % number for number in range(60))
    declared = b" ".join(b'xmlns:p%d="urn:%d"' % (number, number) for number in range(60))
    for name, make, codes in (
        ("deep-ten-thousand", lambda: inside(b"<d>", 10_000, b"</d>"), limits),
        ("deep-a-million", lambda: inside(b"<d>", MEGABYTE, b"</d>"), limits),
        ("deep-never-closed", lambda: ROOT + b"<d>" * 8 * MEGABYTE, limits),
        ("closed-never-opened", lambda: ROOT + b"</d>" * 5 * MEGABYTE, limits),
        ("wide-a-million", lambda: inside(b"<d/>", MEGABYTE), limits),
        ("wide-within-the-limit", lambda: inside(b"<d/>", 19_000), honest),
        ("wide-with-attributes", lambda: inside(b"<d " + attributes + b"/>", 19_000), honest),
        ("wide-with-namespaces", lambda: inside(b"<d " + declared + b"/>", 10_000), honest),
        ("deep-with-namespaces", lambda: inside(b"<d " + declared + b">", 60, b"</d>"), honest),
        ("attributes-fifty-thousand", lambda: inside(_many_attributes(50_000)), limits),
        ("namespaces-fifty-thousand", lambda: inside(_many_attributes(50_000, b"xmlns:")), limits),
        ("comments-five-million", lambda: inside(b"<!---->", 5 * MEGABYTE), limits),
        ("instructions-two-million", lambda: inside(b"<?a b?>", 2 * MEGABYTE), limits),
        ("cdata-two-million", lambda: inside(b"<![CDATA[x]]>", 2 * MEGABYTE), limits),
        ("references-ten-million", lambda: inside(b"&#65;", 10 * MEGABYTE), honest),
        ("text-forty-megabytes", lambda: inside(b"x", 40 * MEGABYTE), honest),
        ("spaces-forty-megabytes", lambda: HEAD + b" " * (40 * MEGABYTE), limits),
        ("less-than-forty-megabytes", lambda: HEAD + b"<" * (40 * MEGABYTE), limits),
    ):
        yield Body(name, make, codes)


def _many_attributes(count: int, prefix: bytes = b"") -> bytes:
    return b"<d " + b" ".join(b"%sa%d='1'" % (prefix, number) for number in range(count)) + b"/>"


def names() -> Iterator[Body]:
    """Twenty megabytes where a few letters stand."""
    codes = (*_LIMITS, "signature-ambiguous-content", "xml-encoding-unsupported")
    big = b"n" * (20 * MEGABYTE)
    for name, make in {
        "element-name": lambda: inside(b"<" + big + b"/>"),
        "prefix": lambda: inside(b"<" + big + b":a/>"),
        "attribute-name": lambda: inside(b"<a " + big + b"='1'/>"),
        "attribute-value": lambda: inside(b"<a b='" + big + b"'/>"),
        "namespace": lambda: inside(b"<a xmlns:b='" + big + b"'/>"),
        "instruction": lambda: inside(b"<?a " + big + b"?>"),
        "entity-name": lambda: inside(b"&" + big + b";"),
        "end-tag": lambda: inside(b"<a></" + big + b">"),
        "declaration": lambda: b"<?xml version='1.0' encoding='" + big + b"'?><a/>",
    }.items():
        yield Body(f"twenty-megabytes-of-{name}", make, codes)
    yield Body("twenty-megabytes-of-comment", lambda: inside(b"<!--" + big + b"-->"), (*_SHAPE, *codes))
    thousand = b"n" * 1000
    yield Body("long-names-nineteen-thousand", lambda: inside(b"<" + thousand + b"/>", 19_000), (*_SHAPE, *codes))


def encodings(good: Good) -> Iterator[Body]:
    """A good package in every encoding but its own, and compressed."""
    codes = ("xml-encoding-unsupported", "xml-not-well-formed", "signature-invalid", *_SHAPE)
    for encoding in ("utf-7", "utf-16", "utf-16-be", "utf-32", "cp037", "cp500", "cp1258", "gb18030", "big5", "shift_jis",
                     "euc_jp", "iso2022_jp", "koi8-r", "hz", "iso8859-1", "cp1140"):  # fmt: skip
        for declared in (encoding, "UTF-8"):
            text = good.text.replace('encoding="UTF-8"', f'encoding="{declared}"')
            yield Body(f"{encoding}-as-{declared}", partial(text.encode, encoding, "replace"), codes)
    bomb = gzip.compress(b"\0" * (50 * MEGABYTE))
    for name, data in {
        "bomb": bomb,
        "cut": gzip.compress(good.data)[:-9],
        "rubbish": b"\x1f\x8b" + b"\xff" * 99,
    }.items():
        for encoding in ("gzip", "deflate", "br"):
            headers = (("Content-Encoding", encoding),)
            refusal = ("content-encoding-unsupported",)
            yield Body(f"{encoding}-{name}", partial(bytes, data), refusal, (415,), headers)
        yield Body(f"undeclared-gzip-{name}", partial(bytes, data), ("xml-not-well-formed", "xml-encoding-unsupported"))
