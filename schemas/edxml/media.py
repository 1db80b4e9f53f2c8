"""The true type of a file, told by its first bytes; what senders declare is often wrong."""

import re

HEAD = 4096  #: bytes that `media_type` wants to see

_UNKNOWN = "application/octet-stream"
_ZIP = "application/zip"
_OLE_CONTAINER = "application/x-ole-storage"
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE_CONTAINER),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
    (b"<?xml", "application/xml"),
    (b"\xef\xbb\xbf<?xml", "application/xml"),
)
_OLE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/.rels")
_OPEN_DOCUMENT = re.compile(
    rb"PK\x03\x04.{26}mimetype(application/vnd\.oasis\.opendocument\.[a-z-]{1,40})PK", re.DOTALL
)


def media_type(data: bytes, name: str) -> str:
    """Return the media type of a file.

    Args:
        data: its first `HEAD` bytes, or more.
        name: its name, which only chooses among the kinds of one container.
    """
    head = data[:HEAD]
    found = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    extension = name.rpartition(".")[2].lower()
    if found is None:
        return _text_or_unknown(head)
    if found == _ZIP:
        return _kind_of_zip(head, extension)
    if found == _OLE_CONTAINER:
        return _OLE.get(extension, found)
    return found


def _kind_of_zip(head: bytes, extension: str) -> str:
    if open_document := _OPEN_DOCUMENT.match(head):
        return open_document[1].decode("ascii")
    if any(part in head for part in _OFFICE_PARTS):
        return _OFFICE.get(extension, _ZIP)
    return _ZIP


def is_binary(kind: str) -> bool:
    """Tell whether a file of this type is not text, so that replacement characters in it mean damage."""
    return not kind.startswith("text/") and kind not in {"application/xml", _UNKNOWN}


def _text_or_unknown(head: bytes) -> str:
    if b"%PDF-" in head[:1024]:  # readers accept a PDF that begins a little later
        return "application/pdf"
    if b"\0" in head:
        return _UNKNOWN
    try:
        head.decode()
    except UnicodeDecodeError as error:
        is_cut_letter = len(head) - error.start < 4 and len(head) >= HEAD
        return "text/plain" if is_cut_letter else _UNKNOWN
    return "text/plain"
