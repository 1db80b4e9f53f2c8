"""One method per route of the contract."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from adapters.client.digest import digest_field, sha256_of
from adapters.client.download import download
from adapters.client.errors import UnexpectedAnswer
from adapters.client.transport import Answer, Request, RetryPolicy, Transport
from adapters.client.values import (
    AgencyView,
    Concluded,
    Content,
    DeliveryView,
    FeedItem,
    InboxItem,
    Listing,
    PackageView,
    RecallOutcome,
    ReceiptItem,
    Submitted,
    TimelineEvent,
)

Value = TypeVar("Value")


class AxisClient:
    """A hub as one caller sees it; made by `open_client`.

    Every method raises `ProblemError` (the hub's answer is no), `HubUnreachable` or `UnexpectedAnswer`. Those that
    change something carry an Idempotency-Key and are repeated with the same bytes until an answer comes or patience
    ends.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    # --- packages -----------------------------------------------------------------------------------------------------

    async def submit(self, content: bytes | Path, *, idempotency_key: str | None = None) -> Submitted:
        """Hand in a package: the edXML itself, as bytes or a file."""
        answer = await self._transport.send(_upload("/v1/packages", content, idempotency_key))
        is_replay = answer.headers.get("Idempotency-Replayed", "").lower() == "true"
        return Submitted(_decoded(answer, PackageView), is_replay)

    async def validate(self, content: bytes | Path) -> dict[str, Any]:
        """Have a package checked as `submit` would, without effect; return the hub's report."""
        return _decoded(await self._transport.send(_upload("/v1/packages/validate", content, None)), dict[str, Any])

    async def package(self, package_id: str) -> PackageView:
        """Return a package and where its deliveries stand."""
        return await self._get(f"/v1/packages/{_part(package_id)}", PackageView)

    async def packages(
        self,
        *,
        document_id: str | None = None,
        notation: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Listing[PackageView]:
        """Return a page of own packages, newest first."""
        query = _query(
            document_id=document_id, notation=notation, to=until, cursor=cursor, limit=limit, **{"from": since}
        )
        return await self._list("/v1/packages", query, PackageView)

    async def content(self, package_id: str, into: Path) -> Content:
        """Write the bytes of a package, as received, into a file; raise `ContentDamaged` when they are not whole."""
        return await download(self._transport, f"/v1/packages/{_part(package_id)}/content", into)

    async def events(self, package_id: str) -> tuple[TimelineEvent, ...]:
        """Return the story of a package in commit order."""
        return await self._all(f"/v1/packages/{_part(package_id)}/events", TimelineEvent)

    async def package_receipts(self, package_id: str) -> tuple[ReceiptItem, ...]:
        """Return the receipts of a package in commit order."""
        return await self._all(f"/v1/packages/{_part(package_id)}/receipts", ReceiptItem)

    async def recall(self, package_id: str, reason: str) -> tuple[RecallOutcome, ...]:
        """Recall a package; return what that did for each recipient."""
        answer = await self._post(f"/v1/packages/{_part(package_id)}/recall", {"reason": reason})
        return _decoded(answer, Listing[RecallOutcome]).items

    # --- deliveries ---------------------------------------------------------------------------------------------------

    async def inbox(
        self, *, wait: float = 0.0, limit: int = 50, lane: str | None = None, lease: float | None = None
    ) -> tuple[InboxItem, ...]:
        """Take up to `limit` waiting deliveries, urgent first; wait up to `wait` seconds, hold them for `lease`."""
        query = _query(wait=wait or None, limit=limit, lane=lane, lease=lease)
        return (await self._list("/v1/inbox", query, InboxItem, wait=wait)).items

    async def delivery(self, delivery_id: str) -> DeliveryView:
        """Return one delivery."""
        return await self._get(f"/v1/deliveries/{_part(delivery_id)}", DeliveryView)

    async def delivery_content(self, delivery_id: str, into: Path) -> Content:
        """Write the package of a delivery into a file; raise `ContentDamaged` when it is not the announced one."""
        return await download(self._transport, f"/v1/deliveries/{_part(delivery_id)}/content", into)

    async def acknowledge(self, delivery_id: str) -> Concluded:
        """Say that the package is durably here; repeats give the same receipt."""
        return _decoded(await self._post(f"/v1/deliveries/{_part(delivery_id)}/ack", {}), Concluded)

    async def reject(self, delivery_id: str, reason: str, *, reason_code: str = "unusable") -> Concluded:
        """Say that the system cannot take the package (transport; a clerk's refusal is status 02)."""
        body = {"reason_code": reason_code, "reason": reason}
        return _decoded(await self._post(f"/v1/deliveries/{_part(delivery_id)}/reject", body), Concluded)

    # --- feed and receipts --------------------------------------------------------------------------------------------

    async def feed_page(self, *, after: int = 0, wait: float = 0.0, limit: int = 100) -> tuple[FeedItem, ...]:
        """Return what happened behind a cursor; wait up to `wait` seconds for something."""
        query = _query(after=after, wait=wait or None, limit=limit)
        return (await self._list("/v1/feed", query, FeedItem, wait=wait)).items

    async def feed(self, *, after: int = 0, wait: float | None = 20.0) -> AsyncIterator[FeedItem]:
        """Yield what happens, for ever (`wait` None: until nothing is left). Resume with the last item's cursor."""
        while True:
            items = await self.feed_page(after=after, wait=wait or 0.0)
            for item in items:
                yield item
                after = item.cursor
            if not items and wait is None:
                return

    async def receipts(
        self,
        *,
        event: str | None = None,
        package: str | None = None,
        agency: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Listing[ReceiptItem]:
        """Return a page of receipts, newest first."""
        query = _query(
            event=event, package=package, agency=agency, to=until, cursor=cursor, limit=limit, **{"from": since}
        )
        return await self._list("/v1/receipts", query, ReceiptItem)

    async def receipt(self, receipt_id: str) -> str:
        """Return one receipt as the compact JWS that it is."""
        request = Request(
            method="GET", path=f"/v1/receipts/{_part(receipt_id)}", headers={"Accept": "application/jose"}
        )
        return (await self._transport.send(request)).body.decode("ascii", "replace").strip()

    # --- directory and health -----------------------------------------------------------------------------------------

    async def agencies(
        self, *, query: str | None = None, parent: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Listing[AgencyView]:
        """Search the directory by name or code, with or without Vietnamese marks."""
        return await self._list("/v1/agencies", _query(q=query, parent=parent, cursor=cursor, limit=limit), AgencyView)

    async def agency(self, code: str) -> AgencyView:
        """Return one agency by its present or a former code."""
        return await self._get(f"/v1/agencies/{_part(code)}", AgencyView)

    async def ready(self) -> tuple[bool, dict[str, Any]]:
        """Ask `/readyz?verbose`: whether the hub can do its work, and what it says about each dependency."""
        request = Request(method="GET", path="/readyz", query={"verbose": ""})
        answer = await self._transport.send(request, accept=frozenset({503}))
        return answer.status == 200, _decoded(answer, dict[str, Any])

    # --- the shape of requests ----------------------------------------------------------------------------------------

    async def _get(self, path: str, shape: type[Value]) -> Value:
        return _decoded(await self._transport.send(Request(method="GET", path=path)), shape)

    async def _list(
        self, path: str, query: Mapping[str, str], item: type[Value], *, wait: float = 0.0
    ) -> Listing[Value]:
        answer = await self._transport.send(Request(method="GET", path=path, query=query, wait=wait))
        listing = _decoded(answer, Listing[item])  # type: ignore[valid-type] # the shape is chosen at run time
        return Listing(listing.items, answer.next_cursor)

    async def _all(self, path: str, item: type[Value]) -> tuple[Value, ...]:
        page = await self._list(path, {}, item)
        items = page.items
        while page.cursor is not None:
            page = await self._list(path, _query(cursor=page.cursor), item)
            items += page.items
        return items

    async def _post(self, path: str, body: Mapping[str, str]) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return await self._transport.send(
            Request(method="POST", path=path, headers=headers, body=msgspec.json.encode(body))
        )


@asynccontextmanager
async def open_client(
    base_url: str, api_key: str | None, *, language: str = "en", retry: RetryPolicy | None = None
) -> AsyncIterator[AxisClient]:
    """Open a client of the hub at `base_url` and close its connections at the end; `language` is that of problems."""
    headers = {"Accept-Language": language, "User-Agent": "axis-client"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=64), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        yield AxisClient(Transport(session, base_url, headers, retry or RetryPolicy()))


def _upload(path: str, content: bytes | Path, idempotency_key: str | None) -> Request:
    # The digest pins the bytes: a file that changes between two repetitions is refused, not taken half and half.
    headers = {"Content-Type": "application/edxml+xml", "Content-Digest": digest_field(sha256_of(content))}
    headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
    return Request(method="POST", path=path, headers=headers, body=content)


def _decoded(answer: Answer, shape: type[Value]) -> Value:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UnexpectedAnswer(f"The answer does not have the shape of the contract: {error}") from error


def _part(value: str) -> str:
    return quote(value, safe="")


def _query(**values: object) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    return f"{value:g}" if isinstance(value, float) else str(value)
