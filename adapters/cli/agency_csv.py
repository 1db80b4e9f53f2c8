"""A directory of agencies as CSV, as offices keep it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from adapters.cli.messages import say
from adapters.cli.trouble import UsageFault
from routing.codes import is_one_line, may_name_agency
from routing.values import Agency


def _or_none(text: str) -> str | None:
    return text or None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError(say("import-date", text=text)) from error


#: Column -> field of an agency, and how it is read.
_COLUMNS: Mapping[str, tuple[str, Callable[[str], Any]]] = MappingProxyType(
    {
        "code": ("code", str),
        "name": ("name", str),
        "parent": ("parent", _or_none),
        "system": ("system_id", _or_none),
        "old_codes": ("old_codes", _words),
        "valid_from": ("valid_from", _date),
        "valid_to": ("valid_to", _date),
    }
)
_REQUIRED = ("code", "name")


def read_agencies(path: Path, known: Mapping[str, Agency]) -> tuple[Agency, ...]:
    """Read every line; raise `UsageFault` with file, line and reason for the first that cannot be read.

    Of an agency that is `known` (by code), what the file has no column for stays as it is, and so does its suspension.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            names = frozenset(reader.fieldnames or ())
            if not names.issuperset(_REQUIRED) or not names <= _COLUMNS.keys():
                columns = ", ".join(sorted(_COLUMNS))
                raise ValueError(say("import-columns", columns=columns))
            found: dict[str, Agency] = {}
            for row in reader:
                agency = _agency(row, known)
                if found.setdefault(agency.code, agency) is not agency:
                    raise ValueError(say("import-twice", what=agency.code))
            return tuple(found.values())
        except UnicodeDecodeError as error:
            raise UsageFault("import-line", path=path, line=reader.line_num, error=say("import-encoding")) from error
        except (ValueError, csv.Error) as error:
            raise UsageFault("import-line", path=path, line=reader.line_num, error=error) from error


def _agency(row: dict[str, str | None], known: Mapping[str, Agency]) -> Agency:
    fields = {name: (value or "").strip() for name, value in row.items() if name}
    if None in row or any(not fields[name] for name in _REQUIRED):
        raise ValueError(say("import-incomplete"))
    if not all(map(is_one_line, fields.values())):
        raise ValueError(say("import-control"))
    if not may_name_agency(fields["code"]):
        raise ValueError(say("bad-agency-code", what=fields["code"]))
    given = {field: read(fields[name]) for name, (field, read) in _COLUMNS.items() if name in fields}
    return replace(known.get(fields["code"]) or Agency(fields["code"], fields["name"]), **given)
