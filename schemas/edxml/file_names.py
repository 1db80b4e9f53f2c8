"""Names of attached files: any text that cannot harm whoever saves a file under it."""

import re

MAX_NAME = 500  #: characters

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)


def fault_of(name: str) -> tuple[str, str, str] | None:
    """Return rule, Vietnamese and English reason why `name` cannot be taken; None for a good one."""
    if not name.strip():
        return "name-empty", "tên tệp trống", "the file name is empty"
    if len(name) > MAX_NAME:
        return (
            "name-too-long",
            f"tên tệp dài hơn {MAX_NAME} ký tự",
            f"the file name has more than {MAX_NAME} characters",
        )
    if "/" in name or "\\" in name:
        return "name-path", "tên tệp chứa dấu / hoặc \\", "the file name holds a / or \\"
    if _CONTROL.search(name):
        return "name-control", "tên tệp chứa ký tự điều khiển", "the file name holds a control character"
    if _BIDI.search(name):
        return (
            "name-bidi",
            "tên tệp chứa ký tự đảo chiều chữ",
            "the file name holds a character that turns the reading direction",
        )
    if name.strip(" .") == "" or _RESERVED.fullmatch(name.strip()):
        return (
            "name-reserved",
            "tên tệp là tên dành riêng của hệ điều hành",
            "the file name is reserved by an operating system",
        )
    return None
