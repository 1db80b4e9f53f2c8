"""What is known of an attached file once it was decoded and measured."""

from msgspec import Struct


class Attachment(Struct, frozen=True, gc=False):
    """One attached file: what the sender says of it, and what it is."""

    content_id: str  #: without `cid:`
    name: str  #: the real file name; text to show, never a path to write to
    declared_type: str  #: what the sender says; for the national SDK's wrapped files application/zip
    media_type: str  #: what the first bytes of the file say
    size: int  #: of the decoded file, bytes
    sha256: str  #: of the decoded file, lower-case hex
    description: str | None = None
    is_zipped: bool = False  #: travels as the only entry of a zip
    entry_name: str | None = None  #: of that entry: a number with the true extension, not the real name
    field_name: str | None = None
    mime_type: str | None = None
    format: str | None = None


class AttachmentFile(Struct, frozen=True, gc=False):
    """A decoded file."""

    content_id: str
    name: str
    media_type: str
    data: bytes
