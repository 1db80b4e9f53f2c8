"""What is told to people about places that the national SDK would misread."""

from lxml.etree import _Element

from schemas.edxml.sentences import at, shown
from schemas.errors import Violation
from schemas.paths import local_name


def without_document_id(header: _Element, document_id: str) -> Violation:
    """There is no DocumentId, and the SDK makes a new one up at every reading."""
    given = shown(document_id)
    return at(
        header,
        "sdk-document-id",
        f"Thiếu DocumentId: SDK quốc gia mỗi lần đọc sinh một mã khác; bản chuyển cho SDK ghi {given}.",
        f"There is no DocumentId: the national SDK invents one at every reading; what it is handed says {given}.",
    )


def misread_attachment(element: _Element, name: str) -> Violation:
    """The SDK would unpack what is the file itself, or keep a wrapping for the file."""
    file = shown(name)
    return at(
        element,
        "sdk-attachment",
        f"Tệp {file} khai kiểu không đúng cách đóng gói, SDK quốc gia sẽ đọc sai; bản chuyển cho SDK được đóng gói lại.",
        f"{file} is declared other than it is packed, so the national SDK misreads it; what it is handed is packed anew.",
    )


def empty_shell(element: _Element) -> Violation:
    """An element without content becomes an object without content."""
    name = local_name(element)
    return at(
        element,
        "sdk-shell",
        f"{name} rỗng: SDK quốc gia hiểu là có một mục không nội dung; bản chuyển cho SDK bỏ phần tử này.",
        f"{name} is empty: the national SDK takes it for an entry; it is left out of what the SDK is handed.",
    )


def misread_date(element: _Element) -> Violation:
    """The SDK counts on from a day that does not exist."""
    name, value = local_name(element), shown(element.text or "")
    return at(
        element,
        "sdk-date",
        f"{name} ghi {value}, không có trong lịch: SDK quốc gia sẽ đọc thành ngày khác, hãy sửa ngày.",
        f"{name} says {value}, which no calendar has: the national SDK would read another day, mend the date.",
    )
