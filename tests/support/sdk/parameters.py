"""The parameter map of one service object: written by every call, cleared by none, ordered as a Java hash map is."""

from __future__ import annotations

import json
import re
from datetime import datetime

from adapters.vxp.signature import format_timestamp

_UNQUOTED = re.compile(r"([:\[,]\s*)(?!true\b|false\b|null\b|-?[0-9.]+\s*[,}\]])([A-Za-z0-9._-]+)(?=\s*[,}\]])")


class CallFailed(Exception):
    """The SDK throws before anything is sent."""


class ParameterMap:
    """What is sent as headers. `timestamp` is taken once, when the service object is made."""

    def __init__(self, system_id: str, at: datetime) -> None:
        self._values = {"systemid": system_id, "timestamp": format_timestamp(at)}

    def merge(self, text: str, content_type: str, *, raw: tuple[str, ...] = ()) -> None:
        """Take up the caller's JSON text; members named in `raw` keep their JSON spelling."""
        self._values.update(members(text, raw))
        self._values["Content-Type"] = content_type

    def put(self, name: str, value: str) -> None:
        """Set one parameter."""
        self._values[name] = value

    def ordered(self) -> dict[str, str]:
        """Return the parameters as `HashMap.entrySet()` walks through them."""
        capacity = 16
        while len(self._values) > capacity * 3 // 4:
            capacity *= 2
        return {
            name: self._values[name] for name in sorted(self._values, key=lambda name: _spread(name) & (capacity - 1))
        }


def members(text: str, raw: tuple[str, ...] = ()) -> dict[str, str]:
    """Read a flat JSON text as leniently as the SDK: tokens of letters, digits, `.`, `-` and `_` need no quotes."""
    try:
        loaded = json.loads(_UNQUOTED.sub(r'\1"\2"', text), parse_float=str, parse_int=str)
    except ValueError as error:
        raise CallFailed(f"the parameter text is no JSON: {text}") from error
    return {name: json.dumps(value) if name in raw else _value(name, value) for name, value in loaded.items()}


def _value(name: str, value: object) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise CallFailed(f"the SDK cannot make a header of {name}")
    return value


def _spread(name: str) -> int:
    """`HashMap.hash(String)`: where a key stands in the table."""
    code = 0
    for character in name:
        code = (31 * code + ord(character)) & 0xFFFFFFFF
    return code ^ (code >> 16)
