"""A directory of agencies as CSV, as offices keep it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from adapters.cli.messages import say
from adapters.cli.trouble import UsageFault
from routing.codes import may_name_agency
from routing.values import Agency

_COLUMNS = frozenset({"code", "name", "parent", "system", "old_codes", "valid_from", "valid_to"})
_REQUIRED = ("code", "name")


def read_agencies(path: Path) -> tuple[Agency, ...]:
    """Read every line; raise `UsageFault` with file, line and reason for the first that cannot be read."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            names = frozenset(reader.fieldnames or ())
            if not names.issuperset(_REQUIRED) or not names <= _COLUMNS:
                columns = ", ".join(sorted(_COLUMNS))
                raise ValueError(f"columns are {columns}; code and name must be there")
            return tuple(map(_agency, reader))
        except (ValueError, csv.Error, UnicodeDecodeError) as error:
            raise UsageFault("import-line", path=path, line=reader.line_num, error=error) from error


def _agency(row: dict[str, str | None]) -> Agency:
    fields = {name: (value or "").strip() for name, value in row.items() if name}
    if None in row or any(not fields[name] for name in _REQUIRED):
        raise ValueError("code or name is missing, or there are more fields than columns")
    if not may_name_agency(fields["code"]):
        raise ValueError(say("bad-agency-code", what=fields["code"]))
    return Agency(
        code=fields["code"],
        name=fields["name"],
        parent=fields.get("parent") or None,
        system_id=fields.get("system") or None,
        old_codes=tuple(fields.get("old_codes", "").split()),
        valid_from=_date(fields.get("valid_from")),
        valid_to=_date(fields.get("valid_to")),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
