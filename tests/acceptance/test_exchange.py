"""One package to two recipients, one that asks and one that is called, with everything that the sender can see of it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from msgspec import Struct

from adapters.client import AxisClient, ProblemError, open_client
from adapters.client.values import PackageView
from adapters.webhook.signature import new_secret
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml import Business, StatusCode, encode
from schemas.edxml.compose import new_document, new_status, response_to
from tests.support.enrolment import Member, enrol
from tests.support.hub import HubProcess, axis, free_port

SENDER, ASKING, CALLED = "X01.01", "X01.02", "X01.03"


class World(Struct, frozen=True):
    """A hub with a sender and two recipients, one `pull`, one `webhook`."""

    hub: HubProcess
    keys: dict[str, str]
    webhook_port: int

    @asynccontextmanager
    async def client(self, agency: str) -> AsyncIterator[AxisClient]:
        async with open_client(self.hub.url, self.keys[agency]) as client:
            yield client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    hub = HubProcess.create(tmp_path_factory.mktemp("exchange") / "hub")
    port = free_port()
    text = hub.config.read_text(encoding="utf-8")
    text = _set(text, "retry_delays", "[0.1, 0.1, 0.1, 0.1]")
    text = _set(text, "webhook_allow", f'["127.0.0.1:{port}"]')
    hub.config.write_text(text, encoding="utf-8")
    members = tuple(_member(code, port) for code in (SENDER, ASKING, CALLED))
    keys = enrol(hub, members, {})
    hub.start()
    yield World(hub, keys, port)
    assert hub.stop() == 0


def _set(text: str, name: str, value: str) -> str:
    lines = [f"{name} = {value}" if line.startswith(f"{name} =") else line for line in text.splitlines()]
    assert f"{name} = {value}" in lines
    return "\n".join(lines) + "\n"


def _member(code: str, port: int) -> Member:
    is_called = code == CALLED
    system = System(
        id=code,
        name=code,
        binding=Binding.WEBHOOK if is_called else Binding.PULL,
        policy=SignaturePolicy.TRANSPORT,
        webhook_url=f"http://127.0.0.1:{port}/hook" if is_called else None,
    )
    agency = Agency(code=code, name=f"Cơ quan {code}", parent=None, system_id=code)
    return Member(system, (agency,), new_secret() if is_called else None)


@asynccontextmanager
async def _listening(
    port: int, answer: Callable[[int], int], before: Callable[[str], Awaitable[None]] | None = None
) -> AsyncIterator[list[dict[str, object]]]:
    """Listen as the called system; `answer` gives the status of the n-th call (from 1). Give the bodies received."""
    calls: list[dict[str, object]] = []

    async def hook(request: web.Request) -> web.Response:
        calls.append(call := await request.json())
        if before is not None:
            await before(call["data"]["id"])
        return web.Response(status=answer(len(calls)))

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield calls
    finally:
        await runner.cleanup()


_NUMBERS = iter(range(1, 1000))


def _document(*recipients: str):
    return new_document(
        sender=SENDER,
        recipients=recipients,
        subject="Thử liên thông",
        number=str(next(_NUMBERS)),
        notation="BC-X",
        sent_at=datetime.now(UTC),
    )


async def _until(client: AxisClient, package_id: str, is_reached: Callable[[PackageView], bool]) -> PackageView:
    async with asyncio.timeout(20):
        while not is_reached(package := await client.package(package_id)):
            await asyncio.sleep(0.05)
    return package


def _states(package: PackageView) -> dict[str, str]:
    return {each.recipient: each.state for each in package.deliveries}


async def test_two_recipients_of_one_package_live_their_own_lives(world: World):
    """A webhook that fails three times delays nobody else; attempts, states and receipts are each delivery's own."""
    async with (
        _listening(world.webhook_port, lambda call: 500 if call <= 3 else 204) as calls,
        world.client(SENDER) as sender,
        world.client(ASKING) as asking,
        world.client(CALLED) as called,
    ):
        package = (await sender.submit(_document(ASKING, CALLED).encode())).package
        item = (await asking.inbox(wait=10))[0]
        await asking.acknowledge(item.id)
        seen = await sender.package(package.id)
        assert _states(seen)[ASKING] == "handed_over"
        seen = await _until(sender, package.id, lambda each: _states(each)[CALLED] == "consigned")
        assert len(calls) == 4
        assert [each.attempts for each in seen.deliveries] == [0, 3]
        delivery = next(each for each in seen.deliveries if each.recipient == CALLED)
        await called.acknowledge(delivery.id)
        receipts = await sender.package_receipts(package.id)
    told = [(each.recipient, each.event) for each in receipts]
    assert told[0] == (None, "SubmissionAcceptance")
    for recipient in (ASKING, CALLED):
        assert [event for who, event in told if who == recipient] == ["ContentConsignment", "ContentHandover"]
    assert len({str(call["id"]) for call in calls}) == 1


async def test_a_called_system_fetches_and_acknowledges_before_it_answers(world: World):
    """The call itself says that the package is there: content and handover need not wait for the answer to be recorded."""
    done: list[str] = []

    async with world.client(SENDER) as sender, world.client(CALLED) as called:

        async def take(delivery_id: str) -> None:
            with tempfile.TemporaryDirectory() as folder:
                await called.delivery_content(delivery_id, Path(folder) / "content")
            done.append((await called.acknowledge(delivery_id)).delivery.state)

        async with _listening(world.webhook_port, lambda _: 204, before=take):
            package = (await sender.submit(_document(CALLED).encode())).package
            await _until(sender, package.id, lambda each: _states(each)[CALLED] == "handed_over")
            events = [each.event for each in await sender.package_receipts(package.id)]
    assert done == ["handed_over"]
    assert events == ["SubmissionAcceptance", "ContentConsignment", "ContentHandover"]


async def test_the_feed_is_in_commit_order_and_resumes_from_any_cursor(world: World):
    """Read whole or from any cursor, the feed says the same, in rising order."""
    async with world.client(SENDER) as sender, world.client(ASKING) as asking:
        await sender.submit(_document(ASKING).encode())
        for item in await asking.inbox(wait=10):
            await asking.acknowledge(item.id)
        whole = await sender.feed_page(limit=200)
        cursors = [each.cursor for each in whole]
        assert cursors == sorted(set(cursors))
        for position, cursor in enumerate(cursors):
            rest = await sender.feed_page(after=cursor, limit=200)
            assert [each.id for each in rest] == [each.id for each in whole[position + 1 :]]


async def test_a_status_shows_beside_the_delivery_and_in_the_feed(world: World):
    """03 from the recipient is its own word: the delivery's state stays, its business status changes, the sender is told."""
    draft = _document(ASKING)
    async with world.client(SENDER) as sender, world.client(ASKING) as asking:
        package = (await sender.submit(draft.encode())).package
        for item in await asking.inbox(wait=10):
            await asking.acknowledge(item.id)
        for code in (StatusCode.ACCEPTED, StatusCode.ARRIVED):
            status = new_status(
                sender=ASKING,
                response=response_to(draft.envelope),
                code=code,
                at=datetime.now(UTC),
                description="vào sổ",
            )
            taken = (await asking.submit(encode(status))).package
            assert (taken.signature.result, taken.signature.policy) == ("absent", "transport")
        seen = await sender.package(package.id)
        assert _states(seen) == {ASKING: "handed_over"}
        assert seen.deliveries[0].business_status == "03"
        told = [each for each in await sender.feed_page(limit=200) if each.type == "status"]
        assert [each.status for each in told if each.package_id == package.id] == ["03", "01"]
        arrived = await sender.inbox(wait=10)
        assert {each.kind for each in arrived} == {"status"}
        for item in arrived:
            await sender.acknowledge(item.id)


async def test_a_recall_withdraws_what_was_not_taken_and_asks_for_the_rest(world: World):
    """One recipient has the document: it is asked by status 13. The other has not: its delivery is withdrawn."""
    async with (
        _listening(world.webhook_port, lambda _: 204),
        world.client(SENDER) as sender,
        world.client(ASKING) as asking,
        world.client(CALLED) as called,
    ):
        package = (await sender.submit(_document(ASKING, CALLED).encode())).package
        item = next(each for each in await asking.inbox(wait=10) if each.package_id == package.id)
        await asking.acknowledge(item.id)
        outcomes = {each.recipient: each.outcome for each in await sender.recall(package.id, "gửi nhầm")}
        assert outcomes == {ASKING: "asked", CALLED: "withdrawn"}
        assert {each.recipient: each.outcome for each in await sender.recall(package.id, "gửi nhầm")} == outcomes
        asked = await asking.inbox(wait=10)
        assert [(each.kind, each.document_id) for each in asked] == [("status", package.document_id)]
        await asking.acknowledge(asked[0].id)
        withdrawn = next(each for each in (await sender.package(package.id)).deliveries if each.recipient == CALLED)
        with pytest.raises(ProblemError) as refused:
            await called.acknowledge(withdrawn.id)
        assert refused.value.code == "delivery-ended"


async def test_a_recall_message_withdraws_and_travels(world: World):
    """A document of type 1 withdraws the delivery that waits, and reaches the recipient itself."""
    draft = _document(ASKING)
    async with world.client(SENDER) as sender, world.client(ASKING) as asking:
        package = (await sender.submit(draft.encode())).package
        await _until(sender, package.id, lambda each: _states(each)[ASKING] == "consigned")
        recall = new_document(
            sender=SENDER,
            recipients=[ASKING],
            subject="Thu hồi văn bản",
            number=str(next(_NUMBERS)),
            notation="TB-X",
            sent_at=datetime.now(UTC),
            business=Business.RECALL,
            reason="gửi nhầm",
            target_id=draft.envelope.document_id,
            responses=[response_to(draft.envelope)],
        )
        await sender.submit(recall.encode())
        assert _states(await sender.package(package.id)) == {ASKING: "withdrawn"}
        events = [each.event for each in await sender.package_receipts(package.id)]
        assert events[-1] == "Withdrawal"
        offered = await asking.inbox(wait=10)
        assert {each.package_id for each in offered}.isdisjoint({package.id})
        for item in offered:
            await asking.acknowledge(item.id)


async def test_a_rejected_delivery_is_refused_with_its_reason(world: World):
    """The recipient's system cannot take it: final, receipted, and the sender reads why."""
    async with world.client(SENDER) as sender, world.client(ASKING) as asking:
        package = (await sender.submit(_document(ASKING).encode())).package
        item = (await asking.inbox(wait=10))[0]
        first = await asking.reject(item.id, "tệp hỏng", reason_code="unreadable")
        assert (await asking.reject(item.id, "tệp hỏng", reason_code="unreadable")).receipt == first.receipt
        assert _states(await sender.package(package.id)) == {ASKING: "refused"}
        told = (await sender.package_receipts(package.id))[-1]
        assert told.event == "ContentHandoverFailure"


async def test_repeating_an_acknowledgement_returns_the_same_receipt(world: World):
    """Twenty acknowledgements at once and one later: one receipt."""
    async with world.client(SENDER) as sender, world.client(ASKING) as asking:
        await sender.submit(_document(ASKING).encode())
        item = (await asking.inbox(wait=10))[0]
        answers = await asyncio.gather(*(asking.acknowledge(item.id) for _ in range(20)))
        answers.append(await asking.acknowledge(item.id))
    assert len({each.receipt for each in answers}) == 1


async def test_urgent_deliveries_come_first(world: World):
    """A package marked hỏa tốc overtakes what waits in the inbox."""
    async with world.client(SENDER) as sender, world.client(ASKING) as asking:
        normal = (await sender.submit(_document(ASKING).encode())).package
        urgent = new_document(
            sender=SENDER,
            recipients=[ASKING],
            subject="Hỏa tốc",
            number=str(next(_NUMBERS)),
            notation="CD-X",
            sent_at=datetime.now(UTC),
            urgency=3,
        )
        hurried = (await sender.submit(urgent.encode())).package
        for package in (normal, hurried):
            await _until(sender, package.id, lambda each: _states(each)[ASKING] == "consigned")
        items = await asking.inbox(wait=10)
        assert [each.package_id for each in items] == [hurried.id, normal.id]
        for item in items:
            await asking.acknowledge(item.id)


async def test_what_is_not_yours_looks_like_nothing(world: World):
    """Another system's package and delivery answer exactly as ids that do not exist."""
    async with world.client(SENDER) as sender, world.client(ASKING) as asking, world.client(CALLED) as stranger:
        package = (await sender.submit(_document(ASKING).encode())).package
        for item in await asking.inbox(wait=10):
            await asking.acknowledge(item.id)
        delivery = package.deliveries[0].id
        unknown = "01999999-9999-7999-8999-999999999999"
        answers = set()
        for ask in (
            lambda: stranger.package(package.id),
            lambda: stranger.package(unknown),
            lambda: stranger.delivery(delivery),
            lambda: stranger.acknowledge(delivery),
            lambda: stranger.acknowledge(unknown),
        ):
            with pytest.raises(ProblemError) as refused:
                await ask()
            answers.add((refused.value.problem.status, refused.value.code, refused.value.problem.detail))
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (404, "not-found")


async def test_a_gone_address_is_called_no_more(world: World):
    """410 ends the delivery in the dead letters, and the next package is not even tried: the address is forgotten."""
    async with _listening(world.webhook_port, lambda _: 410) as calls, world.client(SENDER) as sender:
        for _ in range(2):
            package = (await sender.submit(_document(CALLED).encode())).package
            await _until(sender, package.id, lambda each: _states(each)[CALLED] == "dead")
            await _register_is_read(world, sender)
        address = ("--webhook-url", f"http://127.0.0.1:{world.webhook_port}/hook")
        await asyncio.to_thread(axis, "system", "change", CALLED, *address, "--config", str(world.hub.config))
        await _register_is_read(world, sender)
    assert len(calls) == 1


_ENTERED = iter(range(10, 100))


async def _register_is_read(world: World, client: AxisClient) -> None:
    """Wait until the hub has read the register as it is now: it knows an agency that is entered last."""
    code = f"X01.{next(_ENTERED)}"
    await asyncio.to_thread(axis, "agency", "add", code, "--name", "Thử", "--config", str(world.hub.config))
    async with asyncio.timeout(20):
        while code not in {each.code for each in (await client.agencies(query=code)).items}:
            await asyncio.sleep(0.05)
