"""Small changes of a sample's text, named by what they do."""

import base64
import re
from collections.abc import Callable

Edit = Callable[[str], str]


def swap(old: str, new: str, count: int = 1) -> Edit:
    """Replace the first `count` places of `old`; -1 for all."""
    return lambda text: text.replace(old, new, count)


def value(name: str, new: str) -> Edit:
    """Replace the text of the first element `name`."""
    return lambda text: re.sub(rf"(<(?:edXML:)?{name}>)[^<]*(</)", lambda m: f"{m[1]}{new}{m[2]}", text, count=1)


def drop(name: str) -> Edit:
    """Remove the first element `name`, with all that it holds."""
    return lambda text: re.sub(
        rf"\s*<((?:edXML:)?){name}(?:\s[^>]*)?>.*?</\1{name}>", "", text, count=1, flags=re.DOTALL
    )


def twice(name: str) -> Edit:
    """Write the first element `name` twice."""
    return lambda text: re.sub(
        rf"(<((?:edXML:)?){name}>.*?</\2{name}>)", lambda m: m[1] * 2, text, count=1, flags=re.DOTALL
    )


def before(name: str, extra: str) -> Edit:
    """Put `extra` before the first element `name`."""
    return lambda text: re.sub(rf"(<(?:edXML:)?{name}[ >])", lambda m: extra + m[1], text, count=1)


def within(name: str, edit: Edit) -> Edit:
    """Edit only inside the first element `name`."""
    return lambda text: re.sub(
        rf"<((?:edXML:)?){name}>.*?</\1{name}>", lambda m: edit(m[0]), text, count=1, flags=re.DOTALL
    )


def content(data: bytes) -> Edit:
    """Replace the content of the attachment."""
    encoded = base64.b64encode(data).decode()
    return lambda text: re.sub(r"(<edXML:ContentTransferEncoded[^>]*>)[^<]*", lambda m: m[1] + encoded, text)


def chain(*edits: Edit) -> Edit:
    """Apply one edit after the other."""

    def edit(text: str) -> str:
        for one in edits:
            text = one(text)
        return text

    return edit
