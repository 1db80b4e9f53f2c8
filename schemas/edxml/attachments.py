"""Attachments: the manifest and the contents fitted together, each file decoded and measured.

1. names of files are judged;
2. every manifest reference finds its one attachment and the reverse, ids compared without `cid:`;
3. base64 is decoded, unless that was done when the content was kept out of the tree (`lean`);
4. a zip with one flat entry is the sender's wrapping: the file is that entry; any other zip is the file itself.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml.etree import _Element
from msgspec import Struct

from schemas.edxml import names, sentences
from schemas.edxml.archive import Allowance, ArchiveError, UnsafeArchive
from schemas.edxml.attachment import Attachment, AttachmentFile
from schemas.edxml.base64_text import BrokenBase64, decoded
from schemas.edxml.content import MeasuredContent, measured_content, whole_content
from schemas.edxml.file_names import fault_of
from schemas.edxml.media import is_binary, media_type
from schemas.edxml.shapes import ATTACHMENT, REFERENCE
from schemas.edxml.skeleton import Skeleton, skeleton_of
from schemas.errors import MAX_VIOLATIONS, AttachmentMismatch, AttachmentUnsafe, Malformed, Violation

NO_CONTENTS: Mapping[str, bytes] = MappingProxyType({})
MAX_UNPACKED = 256 << 20  #: bytes that all wrapped files of one package may have together

_DAMAGE = 4  #: so many U+FFFD in a binary file are no accident: its bytes were read as text somewhere


class Part(Struct, frozen=True):
    """One side of an attachment as written: a manifest reference or an attachment."""

    content_id: str
    name: str
    element: _Element
    declared_type: str = ""
    description: str | None = None
    field_name: str | None = None
    mime_type: str | None = None
    format: str | None = None


def bare_id(content_id: str) -> str:
    """Return the id without `cid:`, which builders put on again at every pass."""
    bare = content_id.strip()
    while bare[:4].lower() == "cid:":
        bare = bare[4:].strip()
    return bare


class Parts(Struct, frozen=True):
    """Both sides of all attachments of one package."""

    references: tuple[Part, ...]
    attachments: tuple[Part, ...]


def parts_of(package: Skeleton) -> Parts:
    """Return what manifest and attachments say, without looking into any content."""
    return Parts(
        tuple(_part(element, REFERENCE.values(element)) for element in package.references),
        tuple(_part(element, ATTACHMENT.values(element)) for element in package.attachments),
    )


def _part(element: _Element, said: dict[str, str]) -> Part:
    said["content_id"] = bare_id(said.get("content_id", ""))
    said["name"] = said.get("name", "").strip(names.XML_BLANKS)
    return Part(element=element, **said)


def name_violations(parts: Parts) -> Iterator[Violation]:
    """Yield what is wrong with the names of files."""
    for part in (*parts.references, *parts.attachments):
        fault = fault_of(part.name)
        if fault is not None:
            yield sentences.bad_file_name(part.element, *fault)


def fit_violations(parts: Parts) -> Iterator[Violation]:
    """Yield where manifest and attachments do not fit one to one."""
    references = [part.content_id for part in parts.references]
    attachments = [part.content_id for part in parts.attachments]
    if len(references) == len(attachments) == len(set(references)) and set(references) == set(attachments):
        return
    referenced, attached = Counter(references), Counter(attachments)
    for part in parts.references:
        if part.content_id not in attached:
            yield sentences.reference_without_attachment(part.element, part.content_id)
        if referenced[part.content_id] > 1:
            yield sentences.repeated_content_id(part.element, part.content_id)
    for part in parts.attachments:
        if part.content_id not in referenced:
            yield sentences.attachment_without_reference(part.element, part.content_id)
        if attached[part.content_id] > 1:
            yield sentences.repeated_content_id(part.element, part.content_id)


class Measured(Struct, frozen=True):
    """All attachments, and what is worth telling of them."""

    attachments: tuple[Attachment, ...]
    notes: tuple[Violation, ...]


def measure(parts: Parts, max_unpacked: int = MAX_UNPACKED, contents: Mapping[str, bytes] = NO_CONTENTS) -> Measured:
    """Decode every content that is not decoded yet, hash it, look at its first bytes.

    Raises:
        AttachmentMismatch: a content is no base64, or a declared zip cannot be opened.
        AttachmentUnsafe: an archive is dangerous to unpack, or all of them together unpack to more than `max_unpacked` bytes.
    """
    allowance = Allowance(max_unpacked)
    measured: list[Attachment] = []
    notes: list[Violation] = []
    troubles: list[tuple[type[Malformed], Violation]] = []
    declared_names = {part.content_id: part.name for part in parts.references}
    for part in parts.attachments:
        try:
            file = measured_content(_content_of(part, contents), part.name, part.declared_type, allowance)
        except (BrokenBase64, ArchiveError) as error:
            if len(troubles) < MAX_VIOLATIONS:
                troubles.append(_trouble(part, error))
            continue
        measured.append(_attachment(part, file))
        if len(notes) < MAX_VIOLATIONS:
            notes.extend(_notes(part, file, declared_names.get(part.content_id, part.name)))
    if troubles:
        kinds = [kind for kind, _ in troubles]
        kind = AttachmentMismatch if AttachmentMismatch in kinds else AttachmentUnsafe
        raise kind(violation for _, violation in troubles)
    return Measured(tuple(measured), tuple(notes))


def extract(root: _Element, content_id: str, max_unpacked: int = MAX_UNPACKED) -> AttachmentFile:
    """Return the decoded file of one attachment of a tree that `read` has accepted.

    Raises:
        KeyError: the package has no such attachment.
        AttachmentMismatch, AttachmentUnsafe: as `measure`.
    """
    wanted = bare_id(content_id)
    part = next((part for part in parts_of(skeleton_of(root)).attachments if part.content_id == wanted), None)
    if part is None:
        raise KeyError(content_id)
    try:
        data = whole_content(_content_of(part, NO_CONTENTS), part.name, part.declared_type, Allowance(max_unpacked))
    except (BrokenBase64, ArchiveError) as error:
        kind, violation = _trouble(part, error)
        raise kind(violation) from None
    return AttachmentFile(part.content_id, part.name, media_type(data, part.name), data)


def _trouble(part: Part, error: BrokenBase64 | ArchiveError) -> tuple[type[Malformed], Violation]:
    if isinstance(error, BrokenBase64):
        return AttachmentMismatch, sentences.broken_base64(part.element, part.name)
    kind = AttachmentUnsafe if isinstance(error, UnsafeArchive) else AttachmentMismatch
    return kind, sentences.bad_archive(part.element, part.name, error.rule)


def _content_of(part: Part, contents: Mapping[str, bytes]) -> bytes:
    content = next(part.element.iterchildren(names.CONTENT), None)  # three times as fast as findtext
    text = "" if content is None else content.text or ""
    data = contents.get(text)
    return decoded(text.encode()) if data is None else data


def _attachment(part: Part, file: MeasuredContent) -> Attachment:
    return Attachment(
        content_id=part.content_id,
        name=part.name,
        declared_type=part.declared_type,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        description=part.description,
        is_zipped=file.entry_name is not None,
        entry_name=file.entry_name,
        field_name=part.field_name,
        mime_type=part.mime_type,
        format=part.format,
    )


def _notes(part: Part, file: MeasuredContent, referenced_name: str) -> Iterator[Violation]:
    if referenced_name != part.name:
        yield sentences.names_differ(part.element, part.name, referenced_name)
    if not file.size:
        yield sentences.empty_file(part.element, part.name)
    if is_binary(file.media_type) and file.replacements >= _DAMAGE:
        yield sentences.damaged_file(part.element, part.name)
