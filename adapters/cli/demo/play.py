"""The play: what the agencies do, and what must come of it. Every claim that is printed was checked."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from adapters.cli.demo.cast import CALLED, PULLED, SENDER, UNHURRIED, Cast
from adapters.cli.demo.receiver import Receiver
from adapters.cli.demo.refusals import FIRST, LAST, bad_packages
from adapters.cli.demo.report import Report
from adapters.cli.messages import say
from adapters.cli.verdicts import VerdictKind, of_package
from adapters.client import ProblemError
from adapters.client.values import InboxItem, PackageView
from schemas.edxml import StatusCode
from schemas.edxml.compose import NewFile
from schemas.edxml.parts import ResponseFor
from signing.receipt import Receipt, open_receipt

Awaited = TypeVar("Awaited")

_WAIT = 15.0  #: seconds to wait for something that must come
_PLAN = NewFile("Kế hoạch kiểm tra quý IV.pdf", b"%PDF-1.7\n" + b"% ke hoach kiem tra\n" * 4000)
_DRAFT = NewFile("Dự thảo báo cáo.txt", ("Dự thảo báo cáo tháng 11.\n" * 200).encode())


class CheckFailed(Exception):
    """Something that the hub promises did not hold."""


def require(is_so: object, claim: str) -> None:
    """Raise `CheckFailed` unless it is so."""
    if not is_so:
        raise CheckFailed(claim)


async def within(coming: Coroutine[Any, Any, Awaited], what: str) -> Awaited:
    """Wait for something that must come; raise `CheckFailed` when it does not come in time."""
    try:
        return await asyncio.wait_for(coming, _WAIT)
    except TimeoutError as error:
        raise CheckFailed(f"{what} did not come within {_WAIT:g} s") from error


class Play:
    """One performance at one hub."""

    def __init__(self, cast: Cast, receiver: Receiver, report: Report) -> None:
        self._cast = cast
        self._receiver = receiver
        self._report = report
        self._receipts: dict[str, str] = {}  #: receipt id -> JWS; the same receipt must be the same bytes for ever

    async def perform(self) -> None:
        """Play all scenes."""
        plan = await self._new_document()
        await self._called()
        await self._pulled(plan)
        await self._statuses(plan)
        await self._recall()
        await self._refusals(plan)
        await self._every_receipt(plan)

    async def _new_document(self) -> PackageView:
        """A signed document with an attachment, to a system that asks and to one that is called; then the same again."""
        data = self._cast.document(125, "V/v kiểm tra quý IV", (PULLED, CALLED), _PLAN, urgency=1)
        sender = self._cast.client(SENDER)
        with self._report.line(self._cast.label(SENDER), "demo-sends") as note:
            submitted = await sender.submit(data)
            package = submitted.package
            note.facts.update(
                notation=package.notation, kilobytes=f"{package.size / 1000:.0f}", to=f"{PULLED}, {CALLED}"
            )
            receipt = self._holds(package.receipt, "SubmissionAcceptance", package)
            note.proof = receipt.event
        require(package.signature.result == "valid", "the hub verified the agency's signature")
        require(len(package.deliveries) == 2, "each recipient has a delivery of its own")
        with self._report.line(self._cast.label(SENDER), "demo-repeats") as note:
            again = await sender.submit(data)
            note.proof = "Idempotency-Replayed"
        require(again.is_replay and again.package.receipt == package.receipt, "a repetition gets the first receipt")
        return package

    async def _called(self) -> None:
        """The webhook is called, fetches and acknowledges."""
        with self._report.line(self._cast.label(CALLED), "demo-called") as note:
            taken = await within(self._receiver.taken.get(), "the webhook call")
            note.proof = self._holds(taken.concluded.receipt, "ContentHandover").event
        require(taken.concluded.delivery.state == "handed_over", "the called system has it")
        require(self._receiver.false_calls == 0, "every call carried a genuine signature")
        self._judge_package(taken.path)

    async def _pulled(self, package: PackageView) -> None:
        """The other system asks for its inbox, fetches, judges the package by itself, and acknowledges."""
        item = await self._collect(PULLED, "demo-inbox", package.id)
        path = self._cast.folder / "pulled.edxml"
        with self._report.line(self._cast.label(PULLED), "demo-fetches") as note:
            content = await self._cast.client(PULLED).delivery_content(item.id, path)
            self._judge_package(path)
            note.proof = "Repr-Digest, XML-DSig"
        require(content.sha256 == package.sha256, "the bytes are those that were handed in")
        await self._acknowledge(PULLED, item)

    async def _statuses(self, package: PackageView) -> None:
        """The recipient says 01 and 03; the sender gets both as packages and sees them beside the delivery."""
        about = ResponseFor(SENDER, package.notation, package.document_id)
        for code, text in (
            (StatusCode.ARRIVED, "Văn bản đã đến"),
            (StatusCode.ACCEPTED, "Đã vào sổ văn bản đến số 412"),
        ):
            with self._report.line(self._cast.label(PULLED), f"demo-status-{code}") as note:
                told = await self._cast.client(PULLED).submit(self._cast.status(PULLED, code, about, text))
                note.proof = self._holds(told.package.receipt, "SubmissionAcceptance", told.package).event
            await self._acknowledge(SENDER, await self._collect(SENDER, None, told.package.id), is_silent=True)
        with self._report.line(self._cast.label(SENDER), "demo-sees") as note:
            seen = await self._cast.client(SENDER).package(package.id)
            states = {each.recipient: (each.state, each.business_status) for each in seen.deliveries}
            note.proof = "GET /v1/packages/{id}"
        require(states[PULLED] == ("handed_over", "03"), "transport and business are shown apart")
        require(states[CALLED] == ("handed_over", None), "each recipient speaks for itself")

    async def _recall(self) -> None:
        """A second document is recalled: one recipient never took it, the other has it and is asked."""
        sender, recipient = self._cast.client(SENDER), self._cast.client(PULLED)
        data = self._cast.document(126, "V/v dự thảo báo cáo", (PULLED, UNHURRIED), _DRAFT)
        with self._report.line(self._cast.label(SENDER), "demo-sends-second") as note:
            package = (await sender.submit(data)).package
            note.facts.update(notation=package.notation, to=f"{PULLED}, {UNHURRIED}")
            note.proof = self._holds(package.receipt, "SubmissionAcceptance", package).event
        await self._acknowledge(PULLED, await self._collect(PULLED, None, package.id))
        await self._collect(UNHURRIED, None, package.id)
        with self._report.line(self._cast.label(SENDER), "demo-recalls") as note:
            outcomes = {each.recipient: each for each in await sender.recall(package.id, "Sai số liệu")}
            note.proof = "Withdrawal, Recall"
        require(outcomes[UNHURRIED].outcome == "withdrawn", "what nobody took is withdrawn")
        require(outcomes[PULLED].outcome == "asked", "who has it is asked")
        asked = await self._collect(PULLED, "demo-asked", None)
        await self._acknowledge(PULLED, asked, is_silent=True)
        about = ResponseFor(SENDER, package.notation, package.document_id)
        with self._report.line(self._cast.label(PULLED), "demo-agrees") as note:
            agreed = await recipient.submit(
                self._cast.status(PULLED, StatusCode.AGREED, about, "Đồng ý, đã hủy văn bản")
            )
            note.proof = self._holds(agreed.package.receipt, "SubmissionAcceptance", agreed.package).event
        with self._report.line(self._cast.label(UNHURRIED), "demo-too-late") as note:
            note.proof = await self._refused_content(UNHURRIED, outcomes[UNHURRIED].delivery or "")

    async def _refusals(self, package: PackageView) -> None:
        """Forged, wrapped, signed with a revoked or an expired seal: each is refused, told why, and the refusal is proved."""
        sender = self._cast.client(SENDER)
        for bad in bad_packages(self._cast):
            with self._report.line(say("demo-forger"), bad.told) as note:
                try:
                    await sender.submit(bad.data)
                except ProblemError as error:
                    sentence = error.problem.detail
                    note.proof = f"{error.problem.status} {error.code}"
                    require(error.code == bad.code, f"{bad.told} is refused as {bad.code}")
                    self._holds(error.problem.receipt or "", "SubmissionRejection")
                else:
                    raise CheckFailed(f"{bad.told} was accepted")
            self._report.quote(sentence)
        known = {each.notation for each in (await sender.packages()).items}
        kept = {f"{number}/BC-SM" for number in range(FIRST, LAST + 1)} & known
        require(not kept and package.notation in known, "nothing of what was refused is kept")

    async def _every_receipt(self, package: PackageView) -> None:
        """All receipts of all systems, and the feed, are checked offline against the root certificate."""
        with self._report.line(self._cast.label(SENDER), "demo-feed") as note:
            items = [each async for each in self._cast.client(SENDER).feed(wait=None)]
            cursors = [each.cursor for each in items]
            require(cursors == sorted(cursors), "the feed is in commit order")
            seen = [each.event for each in items if each.package_id == package.id]
            note.facts.update(count=len(items))
            note.proof = "GET /v1/feed"
        require(seen.count("ContentHandover") == 2, "the sender sees both handovers")
        with self._report.line("offline", "demo-verifies") as note:
            for client in self._cast.clients.values():
                for each in (await client.receipts(limit=200)).items:
                    self._holds(each.jws or "", each.event)
            note.facts.update(count=len(self._receipts))
            note.proof = "JWS ES256, x5c"

    @property
    def receipts(self) -> int:
        """How many different receipts were verified."""
        return len(self._receipts)

    async def _collect(self, agency: str, key: str | None, package_id: str | None) -> InboxItem:
        """Ask the inbox of an agency's system until the delivery of this package (None: a status 13) is there."""
        client = self._cast.client(agency)
        if key is None:
            return await within(self._find(agency, package_id), f"the delivery to {agency}")
        with self._report.line(self._cast.label(agency), key) as note:
            item = await within(self._find(agency, package_id), f"the delivery to {agency}")
            note.facts.update(lane=item.lane, subject=item.subject)
            package = await client.package(item.package_id)
            note.proof = f"GET /v1/inbox ({item.lane})" if package_id else f"status {package.status_code}"
        return item

    async def _find(self, agency: str, package_id: str | None) -> InboxItem:
        while True:
            for item in await self._cast.client(agency).inbox(wait=5, lease=1):
                if item.recipient == agency and (package_id is None or item.package_id == package_id):
                    return item

    async def _acknowledge(self, agency: str, item: InboxItem, *, is_silent: bool = False) -> None:
        if is_silent:
            concluded = await self._cast.client(agency).acknowledge(item.id)
            self._holds(concluded.receipt, "ContentHandover")
            return
        with self._report.line(self._cast.label(agency), "demo-acks") as note:
            concluded = await self._cast.client(agency).acknowledge(item.id)
            note.proof = self._holds(concluded.receipt, "ContentHandover").event

    async def _refused_content(self, agency: str, delivery_id: str) -> str:
        try:
            await self._cast.client(agency).delivery_content(delivery_id, self._cast.folder / "withdrawn.edxml")
        except ProblemError as error:
            return f"{error.problem.status} {error.code}"
        raise CheckFailed("a withdrawn document was still handed out")

    def _holds(self, jws: str, event: str, package: PackageView | None = None) -> Receipt:
        """Check a receipt offline; the same receipt must come as the same bytes every time."""
        receipt = open_receipt(jws, anchors=self._cast.anchors).receipt
        require(receipt.event == event, f"the receipt says {event}")
        require(self._receipts.setdefault(receipt.id, jws) == jws, "a receipt is the same bytes for ever")
        if package is not None:
            require(receipt.package.sha256 == package.sha256, "the receipt names the package's digest")
        return receipt

    def _judge_package(self, path: Path) -> None:
        verdict = of_package(path.read_bytes(), self._cast.anchors, datetime.now(UTC), allow_sha1=False)
        require(verdict.verdict is VerdictKind.VALID, "the recipient can verify the package by itself")
