"""What is said, changed; and comments, instructions, CDATA and references where readers differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from xml.sax.saxutils import escape

from tests.attacks.mutants.good import Good
from tests.attacks.mutants.mutant import (
    AMBIGUOUS,
    BROKEN,
    DOCTYPE,
    EVIL,
    INVALID,
    SCHEMA,
    Mutant,
    benign,
    refused,
)

_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def changed(good: Good) -> Iterator[Mutant]:
    """The attacker's words in place of the signer's, and changes that no one sees."""
    true = good.true_text
    sender, recipient = "<edXML:OrganId>H99.01<", "<edXML:OrganId>H99.02<"
    for name, text in {
        "text": good.change(true, EVIL),
        "text-cut": good.change(true, "Công văn"),
        "text-decomposed": good.change(true, unicodedata.normalize("NFD", true)),
        "text-with-no-break-space": good.change(true, true.replace(" ", "\u00a0")),
        "text-with-zero-width-space": good.change(true, f"{true}\u200b"),
        "text-with-other-direction": good.change(true, f"\u202e{true}"),
        "text-with-carriage-return": good.change(true, f"{true}&#13;"),
        "sender": good.change(sender, recipient),
        "recipient": good.change(recipient, sender),
        "recipient-with-space": good.change(recipient, "<edXML:OrganId> H99.02<"),
        "space-between-elements": good.change("<edXML:MessageHeader>", " <edXML:MessageHeader>"),
        "attribute-added": good.change("<edXML:MessageHeader>", '<edXML:MessageHeader a="1">'),
        "element-added": good.change("</edXML:MessageHeader>", "<edXML:More/></edXML:MessageHeader>"),
        "attachment-added": good.change("</edXML>", "<AttachmentEncoded/></edXML>"),
        "entity-text-doubly-escaped": good.change("&amp;", "&amp;amp;"),
        "xml-base": good.change("<edXML:MessageHeader>", '<edXML:MessageHeader xml:base="http://127.0.0.1/">'),
        "xml-lang": good.change("<edXML:MessageHeader>", '<edXML:MessageHeader xml:lang="vi">'),
        "xinclude": good.change(
            "<edXML:MessageHeader>",
            '<edXML:MessageHeader><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
        ),
    }.items():
        yield refused(f"changed-{name}", text, INVALID)
    digest, value = "<ds:DigestValue>", "<ds:SignatureValue>"
    yield refused("digest-value-of-zeros", _replaced(good, digest, "A" * 43 + "="), INVALID)
    yield refused("signature-value-of-zeros", _replaced(good, value, "A" * 86 + "=="), INVALID)
    yield refused("digest-value-unpadded", _replaced(good, digest, "A" * 43), INVALID)
    for name in ("type", "nil", "schemaLocation", "noNamespaceSchemaLocation"):
        hint = f'<edXML:MessageHeader xmlns:xsi="{_XSI}" xsi:{name}="http://127.0.0.1:9/x http://127.0.0.1:9/y">'
        yield refused(f"xsi-{name}", good.change("<edXML:MessageHeader>", hint), SCHEMA)


def _replaced(good: Good, tag: str, value: str) -> str:
    before, _, rest = good.text.partition(tag)
    return f"{before}{tag}{value}<{rest.partition('<')[2]}"


def ambiguous(good: Good) -> Iterator[Mutant]:
    """Comments, instructions, CDATA, character references and DOCTYPEs, inside values and between them."""
    cut = good.true_text[:6]
    places = {
        "value": (cut, lambda inserted: f"{cut}{inserted}"),
        "code": ("<edXML:OrganId>H99", lambda inserted: f"<edXML:OrganId>H99{inserted}"),
        "header": ("<edXML:MessageHeader>", lambda inserted: f"<edXML:MessageHeader>{inserted}"),
        "digest": ("<ds:DigestValue>", lambda inserted: f"<ds:DigestValue>{inserted}"),
        "signature-value": ("</ds:SignatureValue>", lambda inserted: f"{inserted}</ds:SignatureValue>"),
        "certificate": ("</ds:X509Certificate>", lambda inserted: f"{inserted}</ds:X509Certificate>"),
        "signed-info": ("<ds:SignedInfo>", lambda inserted: f"<ds:SignedInfo>{inserted}"),
        "root": ("</edXML>", lambda inserted: f"{inserted}</edXML>"),
        "before-root": ("<edXML ", lambda inserted: f"{inserted}<edXML "),
        "after-root": ("</edXML>", lambda inserted: f"</edXML>{inserted}"),
    }
    for name, (old, around) in places.items():
        yield benign(f"comment-in-{name}", good.change(old, around(f"<!-- {EVIL} -->")), INVALID, AMBIGUOUS)
        yield refused(f"instruction-in-{name}", good.change(old, around("<?axis x?>")), AMBIGUOUS)
        if "root" not in name:
            yield benign(f"empty-cdata-in-{name}", good.change(old, around("<![CDATA[]]>")), INVALID, AMBIGUOUS)
    whole = escape(good.true_text)
    yield benign("cdata-value", good.change(whole, f"<![CDATA[{good.true_text}]]>"), AMBIGUOUS)
    yield benign("cdata-half", good.change(whole, f"{cut}<![CDATA[{good.true_text[6:]}]]>"), AMBIGUOUS)
    yield benign("cdata-markup", good.change("&lt;2&gt;", "<![CDATA[<2>]]>"), AMBIGUOUS)
    references = "".join(f"&#{ord(letter)};" for letter in cut)
    yield benign("character-references", good.change(cut, references), AMBIGUOUS)
    yield benign("hexadecimal-references", good.change(cut, "".join(f"&#x{ord(c):X};" for c in cut)), AMBIGUOUS)
    yield benign("reference-of-markup", good.change("&lt;2", "&#60;2"), AMBIGUOUS)
    for name, reference in {"null": "&#0;", "surrogate": "&#xD800;", "control": "&#1;", "unknown": "&evil;"}.items():
        yield refused(f"reference-{name}", good.change(cut, f"{cut}{reference}"), BROKEN)
    yield from _doctypes(good)


def _doctypes(good: Good) -> Iterator[Mutant]:
    for name, doctype in {
        "internal-entity": f'<!DOCTYPE edXML [<!ENTITY evil "{EVIL}">]>',
        "external-subset": '<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/x.dtd">',
        "public": '<!DOCTYPE edXML PUBLIC "-//X" "file:///etc/passwd">',
        "parameter-entity": '<!DOCTYPE edXML [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        "default-attribute": '<!DOCTYPE edXML [<!ATTLIST edXML Id ID "evil">]>',
        "empty": "<!DOCTYPE edXML>",
        "after-comment": "<!-- x --><!DOCTYPE edXML>",
        "after-instruction": "<?x <!-- ?><!DOCTYPE edXML>",
    }.items():
        yield refused(f"doctype-{name}", good.change("<edXML ", f"{doctype}<edXML "), DOCTYPE)
    yield refused("doctype-in-lower-case", good.change("<edXML ", "<!doctype edXML><edXML "), BROKEN)
    yield refused("doctype-after-root-began", good.change("<edXML:MessageHeader>", "<!DOCTYPE x>"), BROKEN)
