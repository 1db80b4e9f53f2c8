"""Bodies that are hard on what reads attachments: floods of base64, and archives that grow; unsigned."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from schemas.edxml.compose import NewFile, new_document
from tests.attacks.bodies.body import MEGABYTE, Body
from tests.attacks.mutants import Good

_MISMATCH = ("attachment-mismatch", "schema-invalid", "attachment-unsafe", "xml-limit-exceeded")
_ENCODED = re.compile(rb"(<edXML:ContentTransferEncoded[^>]*>)[^<]*")
_ACCEPTED_TOO = (200, 201, 422)


def attachments(good: Good) -> Iterator[Body]:
    """Yield floods first, then bombs, which are opaque to the hub and may be taken."""
    letters = partial(_letter, good)
    for name, piece in {"rubbish": b"!!!!", "padding": b"====", "letters-cut": b"QUJD", "empty": b" \n\t "}.items():
        flood = partial(_carrying, letters, name, piece * 10 * MEGABYTE + (b"Q" if name != "empty" else b""))
        is_taken = name == "empty"  # nothing but white space is an empty file
        yield Body(
            f"base64-flood-of-{name}", flood, () if is_taken else _MISMATCH, _ACCEPTED_TOO if is_taken else (400, 422)
        )
    many = b"<AttachmentEncoded>" + b"<Attachment/>" * 9000 + b"</AttachmentEncoded></edXML>"
    yield Body("attachments-nine-thousand", lambda: letters("many").replace(b"</edXML>", many), _MISMATCH)
    for name, archive in {"zeros": _zeros, "entries": _entries, "nested": _nested, "cut": _cut}.items():
        for file in (f"{name}.zip", f"{name}.xlsx"):  # the second is wrapped once more, as the national SDK does
            bomb = partial(_bomb, letters, file, archive)
            yield Body(f"bomb-{file}", bomb, (), _ACCEPTED_TOO)


def _letter(good: Good, number: str, *files: NewFile) -> bytes:
    return new_document(
        sender="H99.05",
        recipients=["H99.02"],
        subject="V/v",
        number=number[:11],
        notation="CV-BOM",
        sent_at=good.lab.at,
        files=files,
    ).encode()


def _carrying(letters: Callable[..., bytes], name: str, base64: bytes) -> bytes:
    return _ENCODED.sub(lambda found: found[1] + base64, letters(name, NewFile("a.pdf", b"%PDF-1.7")))


def _bomb(letters: Callable[..., bytes], file: str, archive: Callable[[], bytes]) -> bytes:
    return letters(file, NewFile(file, archive()))


def _zeros() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as entry:
        for _ in range(300):
            entry.write(bytes(MEGABYTE))
    return target.getvalue()


def _entries() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"../../{number}", b"")
    return target.getvalue()


def _nested() -> bytes:
    data = bytes(MEGABYTE)
    for _ in range(20):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", data)
        data = target.getvalue()
    return data


def _cut() -> bytes:
    return _entries()[:-3000]
