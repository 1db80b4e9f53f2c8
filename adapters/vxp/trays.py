"""Lists and counts of what waits for a system, and the list of what it sent."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from adapters.vxp.call import Call
from adapters.vxp.envelope import answer, encoded, success
from adapters.vxp.parameters import days_in, id_of, kind_in, own_recipient_in, page_in
from hub.events import Event
from hub.ids import PackageId
from hub.lifecycle import State
from hub.queries import DispatchItem, DispatchQuery, TrayItem, TrayQuery
from schemas.edxml import Kind
from schemas.edxml.times import VIETNAM

#: The answers to most polls.
_NOTHING, _NONE = encoded(success(data=[])), encoded(success(count=0))

_MESSAGE_TYPES = {Kind.DOCUMENT: "edoc", Kind.STATUS: "status"}
_MARKS = {
    None: ("initial", "Mới"),
    Event.PROCESSING: ("processing", "Đang xử lý"),
    Event.PROCESSING_FAILURE: ("fail", "Xử lý lỗi"),
}
_RECEIVED = {
    State.HANDED_OVER: ("done", "Đã nhận"),
    State.REFUSED: ("fail", "Nơi nhận từ chối"),
    State.WITHDRAWN: ("fail", "Đã thu hồi trước khi nhận"),
    State.EXPIRED: ("fail", "Quá hạn nhận"),
    State.DEAD: ("fail", "Không chuyển được, chờ người vận hành"),
}
_WAITING = {
    None: ("initial", "Chưa nhận"),
    Event.PROCESSING: ("processing", "Nơi nhận đang xử lý"),
    Event.PROCESSING_FAILURE: ("processing", "Nơi nhận xử lý lỗi, sẽ lấy lại"),
}


async def received(call: Call) -> web.StreamResponse:
    """List what is consigned to the caller's agencies: urgent first, then oldest."""
    if await call.services.tray.is_empty(call.caller):
        return _empty(call, _NOTHING)
    await call.services.admission.taking(call.caller)
    query = _tray_query(call, kind_in(call.parameters) or Kind.DOCUMENT)
    items = await call.services.tray.consigned(call.caller, query)
    message_type = _MESSAGE_TYPES[Kind(query.kind)]
    return answer(success(data=[_received_item(each, message_type) for each in items]))


async def count_documents(call: Call) -> web.StreamResponse:
    """Count the documents in that list, whatever its page."""
    return await _count(call, Kind.DOCUMENT)


async def count_statuses(call: Call) -> web.StreamResponse:
    """Count the statuses in that list, whatever its page."""
    return await _count(call, Kind.STATUS)


async def sent(call: Call) -> web.StreamResponse:
    """List what the caller's system sent: one row per recipient, the newest package first."""
    kind = kind_in(call.parameters) or Kind.DOCUMENT
    since, until = days_in(call.parameters)
    offset, limit = page_in(call.parameters)
    query = DispatchQuery(
        system_id=call.caller.name,
        kind=kind,
        package_id=await _own_package(call),
        since=since,
        until=until,
        offset=offset,
        limit=limit,
    )
    items = await call.services.tray.dispatched(call.caller, query)
    return answer(success(data=[_sent_item(each, _MESSAGE_TYPES[kind]) for each in items]))


async def _count(call: Call, kind: Kind) -> web.StreamResponse:
    if await call.services.tray.is_empty(call.caller):
        return _empty(call, _NONE)
    return answer(success(count=await call.services.tray.count(call.caller, _tray_query(call, kind))))


def _empty(call: Call, body: bytes) -> web.StreamResponse:
    """Say that nothing waits, also to the very same poll as long as that is known."""
    tray, caller = call.services.tray, call.caller  # not the call, which would hold its request for as long
    call.offer(body, lambda: tray.is_known_empty(caller))
    return answer(body)


def _tray_query(call: Call, kind: Kind) -> TrayQuery:
    since, until = days_in(call.parameters)
    offset, limit = page_in(call.parameters)
    return TrayQuery(
        system_id=call.caller.name,
        kind=kind,
        recipients=own_recipient_in(call.parameters, call.snapshot.directory, call.caller.name),
        since=since,
        until=until,
        offset=offset,
        limit=limit,
    )


async def _own_package(call: Call) -> PackageId | None:
    """Return the package in `docId` when the caller sent it; a left-over of something fetched is none."""
    found = id_of(call.parameters.get("docId", ""))
    package = await call.services.store.package(PackageId(found)) if found else None
    return package.id if package is not None and package.system_id == call.caller.name else None


def _received_item(item: TrayItem, message_type: str) -> dict[str, str]:
    status, described = _MARKS[item.mark]
    return {
        "docId": item.id,
        "serviceType": "eDoc",
        "messageType": message_type,
        "created_time": _shown(item.consigned_at),
        "updated_time": _shown(item.marked_at or item.consigned_at),
        "from": item.sender,
        "to": item.recipient,
        "status": status,
        "status_desc": described,
    }


def _sent_item(item: DispatchItem, message_type: str) -> dict[str, str]:
    status, described = _RECEIVED.get(item.state) or _WAITING[item.mark]
    return {
        "serviceType": "eDoc",
        "messageType": message_type,
        "senderDocId": item.package_id,
        "receiverDocId": item.delivery_id,
        "fromCode": item.sender,
        "toCode": item.recipient,
        "title": item.subject,
        "notation": item.notation,
        "sentTime": _shown(item.accepted_at),
        "receivedTime": _shown(item.handed_over_at or item.consigned_at),
        "sendStatus": "done",
        "sendStatusDesc": "Đã gửi",
        "receiveStatus": status,
        "receiveStatusDesc": described,
    }


def _shown(at: datetime | None) -> str:
    """Return a time as the directory's clients write it, Vietnamese time; empty without one."""
    return "" if at is None else f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S}"
