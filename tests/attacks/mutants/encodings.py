"""The bytes themselves: encodings, declarations, marks and rubbish around the document."""

from __future__ import annotations

from collections.abc import Iterator

from tests.attacks.mutants.good import Good
from tests.attacks.mutants.mutant import BROKEN, ENCODING, INVALID, LIMIT, UNKNOWN_TYPE, Mutant, benign, refused

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
#: UTF-7 taken for UTF-8 is another text: its escapes are letters like any.
_OTHER_TEXT = {"utf-7": (INVALID,)}
_MARK = b"\xef\xbb\xbf"


def encodings(good: Good) -> Iterator[Mutant]:
    """Everything that is not one document in UTF-8 is refused; other ways of saying UTF-8 are not."""
    yield benign("byte-order-mark", _MARK + good.data)
    yield benign("final-line-end", good.data + b"\n\n")
    yield from _other_encodings(good)
    yield from _declarations(good)
    yield from _damaged(good)
    for name, data in {
        "mark-twice": _MARK * 2 + good.data,
        "space-before": b" " + good.data,
        "rubbish-before": b"rubbish" + good.data,
        "rubbish-after": good.data + b"rubbish",
        "another-document-after": good.data + good.data,
        "declaration-twice": _DECLARATION.encode() + good.data,
        "null-after": good.data + b"\0",
        "cut-in-the-middle": good.data[: len(good.data) // 2],
        "cut-at-the-end": good.data.rstrip()[:-1],
        "empty": b"",
        "spaces-only": b" \n\t" * 10,
    }.items():
        yield refused(name, data, BROKEN, ENCODING)


def _other_encodings(good: Good) -> Iterator[Mutant]:
    undeclared = good.change(_DECLARATION, "")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-7", "cp037", "cp1258"):
        truly = good.change('encoding="UTF-8"', f'encoding="{encoding}"')
        for name, text in {encoding: truly, "UTF-8": good.text, "nothing": undeclared}.items():
            data = text.encode(encoding, errors="xmlcharrefreplace")
            codes = (ENCODING, BROKEN, *_OTHER_TEXT.get(encoding, ()))
            yield refused(f"{encoding}-declared-{name}", data, *codes)


def _declarations(good: Good) -> Iterator[Mutant]:
    for name, declaration in {
        "none": "",
        "single-quotes": "<?xml version='1.0' encoding='utf-8'?>",
        "no-encoding": '<?xml version="1.0"?>',
        "standalone": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        "not-standalone": '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        "spaces": '<?xml  version = "1.0"\n encoding\t=\t"UTF-8" ?>',
    }.items():
        yield benign(f"declaration-{name}", good.change(_DECLARATION, declaration).lstrip())
    for name, declaration in {
        "xml-1.1": '<?xml version="1.1" encoding="UTF-8"?>',
        "xml-2.0": '<?xml version="2.0" encoding="UTF-8"?>',
        "latin-1": '<?xml version="1.0" encoding="ISO-8859-1"?>',
        "utf-7": '<?xml version="1.0" encoding="UTF-7"?>',
        "utf-16": '<?xml version="1.0" encoding="UTF-16"?>',
        "cesu-8": '<?xml version="1.0" encoding="CESU-8"?>',
        "ucs-4": '<?xml version="1.0" encoding="UCS-4"?>',
        "unknown-encoding": '<?xml version="1.0" encoding="x-evil"?>',
        "empty-encoding": '<?xml version="1.0" encoding=""?>',
        "no-version": '<?xml encoding="UTF-8"?>',
        "wrong-order": '<?xml encoding="UTF-8" version="1.0"?>',
        "standalone-wrong": '<?xml version="1.0" encoding="UTF-8" standalone="maybe"?>',
        "upper-case": '<?XML version="1.0" encoding="UTF-8"?>',
        "two-encodings": '<?xml version="1.0" encoding="UTF-8" encoding="UTF-16"?>',
        "never-ends": '<?xml version="1.0" encoding="UTF-8"',
    }.items():
        yield refused(f"declaration-{name}", good.change(_DECLARATION, declaration), ENCODING, BROKEN)


def _damaged(good: Good) -> Iterator[Mutant]:
    """Bytes that are no UTF-8, and characters that are no XML."""
    at = good.data.index(good.true_text.encode())
    for name, rubbish in {
        "overlong": b"\xc0\xbc",
        "surrogates": b"\xed\xa0\x80\xed\xb0\x80",
        "lone-continuation": b"\x80",
        "beyond-unicode": b"\xf5\x80\x80\x80",
        "cut-sequence": b"\xe1\xba",
        "not-a-character": "\ufffe".encode(),
        "null": b"\0",
        "bell": b"\7",
    }.items():
        yield refused(f"bytes-{name}", good.data[:at] + rubbish + good.data[at:], ENCODING, BROKEN)
    deep = b"<d>" * 200 + b"</d>" * 200
    wide = b"<d " + b" ".join(b'a%d="1"' % number for number in range(200)) + b"/>"
    end = good.data.rindex(b"</edXML>")
    for name, inside in {"deep": deep, "wide": wide, "long-name": b"<" + b"n" * 2000 + b"/>"}.items():
        yield refused(f"limit-{name}", good.data[:end] + inside + good.data[end:], LIMIT)
    yield refused(
        "another-root", good.text.replace("<edXML ", "<eDoc ", 1).replace("</edXML>", "</eDoc>"), UNKNOWN_TYPE
    )
