"""What an operation may read of its parameters.

A client object keeps one map for its whole life, so a call carries, correctly signed, what earlier calls put there: the
`docId` of something fetched, the `from` of something sent, a `status`. Each reader here takes only what its operation means, and
nothing in a form that it cannot have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import MAXYEAR, datetime, timedelta

from routing.directory import Directory
from schemas.edxml import Kind
from schemas.edxml.times import VIETNAM

MOST_ITEMS = 1000  #: in one answer of a list; a client takes the page from the top and acknowledges

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"([0-9]{4})[/-]([0-9]{1,2})[/-]([0-9]{1,2})")
_NUMBER = re.compile(r"[0-9]{1,7}")
_FIRST_YEAR = 1970
_KINDS = {"edoc": Kind.DOCUMENT, "status": Kind.STATUS}

Parameters = Mapping[str, str]


def kind_in(parameters: Parameters) -> Kind | None:
    """Return what `messagetype` names; None when it names nothing."""
    return _KINDS.get(parameters.get("messagetype", "").strip().lower())


def delivery_in(parameters: Parameters, *spellings: str) -> str | None:
    """Return the id under the first of these spellings that is there; None for what cannot be one of ours."""
    for name in spellings:
        if name in parameters:
            return id_of(parameters[name])
    return None


def id_of(text: str) -> str | None:
    """Return an id as we make them, whatever quotes stand around it; None for anything else."""
    bare = text.strip().strip('"').lower()
    return bare if _ID.fullmatch(bare) else None


def agency_in(parameters: Parameters, name: str) -> str:
    """Return an agency's code as written, without quotes; empty when there is none."""
    return parameters.get(name, "").strip().strip('"').strip()


def own_recipient_in(parameters: Parameters, directory: Directory, system_id: str) -> tuple[str, ...] | None:
    """Return the agency that `to` names when the caller acts for it; None: all its agencies."""
    code = agency_in(parameters, "to")
    if not code or not directory.acts_for(system_id, code):
        return None
    found = directory.canonical(code)
    return None if found is None else (found,)


def days_in(parameters: Parameters) -> tuple[datetime | None, datetime | None]:
    """Return the times between `fromDate` and the end of `toDate` (Vietnamese days); a date that is none is passed over."""
    first, last = (_day(parameters.get(name, "")) for name in ("fromDate", "toDate"))
    return first, None if last is None else last + timedelta(days=1)


def page_in(parameters: Parameters) -> tuple[int, int]:
    """Return offset and limit of the page that `pageSize` and `pageIndex` (from 1) name."""
    size, index = (_number(parameters.get(name, "")) for name in ("pageSize", "pageIndex"))
    limit = min(size, MOST_ITEMS) if size else MOST_ITEMS
    return max(0, (index or 1) - 1) * limit, limit


def _day(text: str) -> datetime | None:
    found = _DAY.match(text.strip())
    if found is None or not _FIRST_YEAR <= int(found[1]) < MAXYEAR:
        return None
    try:
        return datetime(*map(int, found.groups()), tzinfo=VIETNAM)  # type: ignore[misc,arg-type]  # three numbers
    except ValueError:
        return None


def _number(text: str) -> int | None:
    bare = text.strip().strip('"')
    return int(bare) if _NUMBER.fullmatch(bare) else None
