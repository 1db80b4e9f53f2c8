r"""Standard output and error that take every character, whatever the locale.

Under cron, systemd or `PYTHONIOENCODING` they may take ASCII only, or a legacy code page, and a command that has done its work
must not end with `UnicodeEncodeError` for the name of an agency. What an encoding lacks is written as JSON escapes it, `\u1ebf`
(RFC 8259, section 7): so JSON stays JSON, and what a person reads stays legible. UTF-8 has all characters.
"""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper

_ESCAPED = "axis.json-escaped"


def take_every_character() -> None:
    """Have this process's standard output and error escape what their encoding lacks. Called by whoever begins a process."""
    codecs.register_error(_ESCAPED, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)), error.end
