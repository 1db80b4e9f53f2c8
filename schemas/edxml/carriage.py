"""How a file travels in the form of the national SDK: as it is, or as the only entry of a zip.

The SDK chooses by the file's extension, and its reader unpacks whatever is declared `application/zip` unless the name ends in
`.zip`; so the choice here also looks at the bytes, and nothing is carried in a way that the reader would take for another.
"""

from msgspec import Struct

from schemas.edxml.archive import STARTS
from schemas.edxml.attachment import Attachment

ZIP = "application/zip"

_CARRIED_PLAIN = frozenset({"pdf", "doc", "docx", "zip"})  #: extensions that the SDK does not wrap
_NEVER_ZIPPED = frozenset({"pdf", "doc"})  #: a zip under such a name would be taken for a wrapping by other readers


class Carriage(Struct, frozen=True, gc=False):
    """The declared type of a file, and the name of its entry when it is wrapped."""

    declared_type: str
    entry_name: str | None


def carriage(name: str, data: bytes, content_id: str) -> Carriage:
    """Return how the file `data` travels under `name`."""
    extension = name.rpartition(".")[2].lower() if "." in name else "bin"
    is_plain = extension in _CARRIED_PLAIN and not (extension in _NEVER_ZIPPED and data.startswith(STARTS))
    if is_plain:
        return Carriage(f"application/{extension}", None)
    entry = extension if extension.isalnum() and extension.isascii() else "bin"
    return Carriage(ZIP, f"{content_id}.{entry}")


def is_unpacked_by_sdk(name: str, declared_type: str) -> bool:
    """Tell whether the national SDK takes such an attachment for a wrapping and unpacks it; it looks at nothing else."""
    return declared_type == ZIP and not name.endswith(".zip")


def is_misread_by_sdk(attachment: Attachment) -> bool:
    """Tell whether the national SDK would unpack what is the file itself, or keep a wrapping for the file."""
    return is_unpacked_by_sdk(attachment.name, attachment.declared_type) != attachment.is_zipped
