"""What may be asked in a query string, route by route, and the strict reading of it: every fault is named at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, TypeVar, get_type_hints

import msgspec
from aiohttp import web
from msgspec import Meta, Struct, field

from hub.events import Event
from hub.trouble import Fault, Refusal
from routing.values import Lane

Asked = TypeVar("Asked", bound=Struct)

Limit = Annotated[int, Meta(ge=1, le=200)]
Cursor = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[A-Za-z0-9._~=-]+$")]
Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
Id = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")]
Instant = Annotated[datetime, Meta(tz=True)]
Wait = Annotated[int, Meta(ge=0, le=60)]
Lease = Annotated[int, Meta(ge=1, le=86_400)]
Position = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Nothing(Struct, frozen=True):
    """A route without parameters."""


class PackagesAsked(Struct, frozen=True, kw_only=True):
    """`since` means the same as `from`; with both, the later one counts."""

    document_id: Text | None = None
    notation: Text | None = None
    from_: Instant | None = field(default=None, name="from")
    to: Instant | None = None
    since: Instant | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class StoryAsked(Struct, frozen=True, kw_only=True):
    """Which part of the story of one package; few packages have a second page."""

    limit: Limit = 200
    cursor: Cursor | None = None


class ReceiptsAsked(Struct, frozen=True, kw_only=True):
    """Which receipts."""

    event: Event | None = None
    package: Id | None = None
    agency: Text | None = None
    from_: Instant | None = field(default=None, name="from")
    to: Instant | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class RefusalsAsked(Struct, frozen=True, kw_only=True):
    """Which refused submissions."""

    code: Text | None = None
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None
    from_: Instant | None = field(default=None, name="from")
    to: Instant | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class InboxAsked(Struct, frozen=True, kw_only=True):
    """`wait` and `lease` in seconds; `lease` defaults to the hub's setting."""

    wait: Wait = 0
    limit: Limit = 50
    lane: Lane | None = None
    lease: Lease | None = None


class FeedAsked(Struct, frozen=True, kw_only=True):
    """`after` is the cursor of the last item seen, 0 for the beginning."""

    after: Position = 0
    wait: Wait = 0
    limit: Limit = 50


class AgenciesAsked(Struct, frozen=True, kw_only=True):
    """Which agencies."""

    q: Text | None = None
    parent: Text | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class ReadinessAsked(Struct, frozen=True):
    """`verbose` names each dependency; its value does not matter."""

    verbose: str | None = None


#: What each parameter must look like, for people.
EXPECTED = {
    "limit": ("số nguyên từ 1 đến 200", "a whole number from 1 to 200"),
    "cursor": ("giá trị lấy từ liên kết `next` của trang trước", "the value from the `next` link of the page before"),
    "from": ("thời điểm RFC 3339, ví dụ 2026-11-24T08:00:00Z", "an RFC 3339 time such as 2026-11-24T08:00:00Z"),
    "to": ("thời điểm RFC 3339, ví dụ 2026-11-24T08:00:00Z", "an RFC 3339 time such as 2026-11-24T08:00:00Z"),
    "since": ("thời điểm RFC 3339, ví dụ 2026-11-24T08:00:00Z", "an RFC 3339 time such as 2026-11-24T08:00:00Z"),
    "wait": ("số giây từ 0 đến 60", "seconds from 0 to 60"),
    "lease": ("số giây từ 1 đến 86400", "seconds from 1 to 86400"),
    "lane": ("`urgent` hoặc `normal`", "`urgent` or `normal`"),
    "after": ("số nguyên không âm: `cursor` của mục cuối đã đọc", "a whole number: the `cursor` of the last item read"),
    "event": ("tên sự kiện, ví dụ ContentHandover", "an event name such as ContentHandover"),
    "package": ("mã gói tin (UUID)", "the id of a package (UUID)"),
    "sha256": ("64 chữ số thập lục phân viết thường", "64 lower-case hexadecimal digits"),
}
_TEXT = ("từ 1 đến 500 ký tự, không có ký tự điều khiển", "1 to 500 characters without control characters")

_NUMBERS = frozenset({"limit", "wait", "lease", "after"})
_TIMES = frozenset({"from", "to", "since"})
_LONGEST_NUMBER = 19
#: Empty is as if absent: clients know `?after=&wait=20` and `?wait=20&limit=50&lane=`. Any other empty value is refused.
_MAY_BE_EMPTY = frozenset({"after", "lane"})


def asked(request: web.Request, form: type[Asked]) -> Asked:
    """Return what the query string asks; raise `Refusal` query-invalid naming every parameter that is wrong."""
    if not request.rel_url.raw_query_string or not (query := request.query):
        return form()
    readers = _readers(form)
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys(query):
        if name not in readers:
            faults.append(_unknown(name, readers))
        elif len(query.getall(name)) > 1:
            faults.append(_fault(name, "query-repeated", "chỉ được ghi một lần", "may be given once only"))
        elif query[name] or name not in _MAY_BE_EMPTY:
            attribute, read = readers[name]
            try:
                found[attribute] = read(query[name])
            except (msgspec.ValidationError, ValueError):
                vi, en = EXPECTED.get(name, _TEXT)
                faults.append(_fault(name, "query-value", f"phải là {vi}", f"must be {en}"))
    if faults:
        raise Refusal(
            "query-invalid",
            detail=" ".join(fault.en for fault in faults),
            detail_vi=" ".join(fault.vi for fault in faults),
            faults=tuple(faults),
        )
    return form(**found)


@cache
def _readers(form: type[Struct]) -> dict[str, tuple[str, Callable[[str], Any]]]:
    hints = get_type_hints(form, include_extras=True)
    return {
        each.encode_name: (each.name, _reader(each.encode_name, hints[each.name]))
        for each in msgspec.structs.fields(form)
    }


def _reader(name: str, kind: Any) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        text.encode()  # broken UTF-8 in the address must end here: ValueError
        value: Any = text
        if name in _NUMBERS:
            value = _number(text)
        elif name in _TIMES:
            value = _with_plus(text)
        return msgspec.convert(value, kind)

    return read


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise ValueError(text)
    return int(text)


def _with_plus(text: str) -> str:
    """Mend `…+07:00` whose plus sign came unescaped and was read as a space."""
    return f"{text[:-6]}+{text[-5:]}" if text[-6:-5] == " " else text


def _unknown(name: str, readers: dict[str, Any]) -> Fault:
    known = ", ".join(readers) or "-"
    return _fault(
        name, "query-unknown", f"không dùng ở đây (dùng được: {known})", f"is not known here (known: {known})"
    )


def _fault(name: str, rule: str, vi: str, en: str) -> Fault:
    shown = name[:50].encode("ascii", "replace").decode()
    return Fault(path=shown, line=None, rule=rule, vi=f"Tham số `{shown}` {vi}.", en=f"The parameter `{shown}` {en}.")
