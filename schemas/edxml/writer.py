"""Text of XML in the very form of the national SDK's builder.

CR LF line ends, also after the last tag; two blanks of indentation; the envelope tree prefixed, attachments not (all in one
namespace, bound twice). A foreign reader at the national axis is known to refuse an envelope without the prefix.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from schemas.edxml.names import XML_BLANKS

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEW_LINE = "\r\n"


class Writer:
    """Collects lines; `prefix` is what element names get until it is changed."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0
        self.prefix = ""

    def line(self, text: str) -> None:
        """Add one line at the present depth."""
        self._lines.append("  " * self._depth + text)

    @contextmanager
    def element(self, name: str, attributes: str = "") -> Iterator[None]:
        """Write the children made inside the ``with`` block between the tags of `name`."""
        tag = self.prefix + name
        self.line(f"<{tag}{attributes}>")
        self._depth += 1
        yield
        self._depth -= 1
        self.line(f"</{tag}>")

    def leaf(self, name: str, text: str) -> None:
        """Write a simple element, or nothing when `text` is blank.

        Raises:
            ValueError: `text` holds a character that XML cannot carry.
        """
        if text.strip(XML_BLANKS):
            self.raw_leaf(name, escaped(text))

    def raw_leaf(self, name: str, text: str, attributes: str = "") -> None:
        """Write a simple element whose `text` needs no escaping, even when it is empty."""
        tag = self.prefix + name
        self.line(f"<{tag}{attributes}>{text}</{tag}>")

    def text(self) -> str:
        """Return the whole document."""
        return _NEW_LINE.join(self._lines) + _NEW_LINE


def escaped(text: str) -> str:
    """Return `text` as XML character data that every parser reads back unchanged, carriage returns included."""
    if _FORBIDDEN.search(text):
        message = "text holds a character that XML cannot carry"
        raise ValueError(message)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
