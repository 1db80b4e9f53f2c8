"""The directory as clients read it: all agencies in one answer, written in pieces so that its size costs no memory.

Each agency is its own number: `id` and `pid` are codes. Where an agency has no former code, `oldCode` and `code102` repeat the
present one: clients look agencies up by these and must not find an empty text. What `level` selects is not
publicly known, so it selects nothing: an answer has every agency.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from aiohttp import web

from adapters.vxp.call import Call
from adapters.vxp.envelope import encoded, streamed, success
from routing.values import Agency
from schemas.edxml.times import VIETNAM

_BATCH = 200  #: agencies written at a time

Item = dict[str, Any]


async def agencies(call: Call) -> web.StreamResponse:
    """List the agencies that documents can be sent to."""
    today = call.services.clock().astimezone(VIETNAM).date()
    return await _listed(call, lambda agency: _agency(agency) if _is_open(agency, today) else None)


async def agencies_qd20(call: Call) -> web.StreamResponse:
    """List the same agencies by their codes of QĐ 20/2020/QĐ-TTg, with the code of QCVN 102 beside it."""
    today = call.services.clock().astimezone(VIETNAM).date()
    return await _listed(call, lambda agency: _agency_qd20(agency) if _is_open(agency, today) else None)


async def units(call: Call) -> web.StreamResponse:
    """List all agencies, those that ceased to exist among them, so that a client can bring its own list up to date."""
    now = call.services.clock()
    version = call.snapshot.directory.version
    centre = call.services.settings.hub.code
    return await _listed(call, lambda agency: _unit(agency, now, version, centre))


async def _listed(call: Call, shown: Callable[[Agency], Item | None]) -> web.StreamResponse:
    head, tail = encoded(success(data=[])).split(b"[]")
    response = streamed()
    await response.prepare(call.request)
    await response.write(head + b"[")
    separator = b""
    for batch in _batches(filter(None, map(shown, call.snapshot.directory.agencies()))):
        piece = b",".join(map(encoded, batch))
        await response.write(separator + piece)
        separator = b","
        await asyncio.sleep(0)  # others are served in between
    await response.write_eof(b"]" + tail)
    return response


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _is_open(agency: Agency, today: date) -> bool:
    return agency.exists_on(today) and not agency.is_suspended


def _agency(agency: Agency) -> Item:
    return {
        "id": agency.code,
        "pid": agency.parent or "",
        "code": agency.code,
        "name": agency.name or agency.code,
        "mail": "",
        "oldCode": _old_code(agency),
    }


def _agency_qd20(agency: Agency) -> Item:
    return {
        "id": agency.code,
        "code": agency.code,
        "name": agency.name or agency.code,
        "mail": "",
        "code102": _old_code(agency),
    }


def _unit(agency: Agency, now: datetime, version: int, centre: str) -> Item:
    today = now.astimezone(VIETNAM).date()
    changed = agency.valid_to if agency.valid_to is not None and agency.valid_to < today else agency.valid_from
    return {
        "id": agency.code,
        "pid": agency.parent or "",
        "code": agency.code,
        "name": agency.name or agency.code,
        "mail": "",
        "version": version,
        "centerCode": centre,
        "deleted": not agency.exists_on(today),
        "modifyDate": f"{changed or datetime.fromtimestamp(0, UTC).date():%Y-%m-%d} 00:00:00",
        "isAgency": True,
    }


def _old_code(agency: Agency) -> str:
    return agency.old_codes[0] if agency.old_codes else agency.code
