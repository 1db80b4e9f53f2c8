"""The courier against real listeners: bad-inputs.md rows 57 and 64."""

import asyncio
import json
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from msgspec import structs

from adapters.webhook import open_courier
from adapters.webhook.signature import is_genuine, new_secret
from hub.accounts import FormerSecret, Register, Snapshot
from hub.delivery import Delivery
from hub.events import Event
from hub.lifecycle import State
from hub.order import Consigned, Failed, Gone, Hopeless, Order, Purpose
from hub.package import Package, Signature, SignatureResult
from hub.queries import Errand
from hub.record import EventRecord
from hub.settings import DeliverySettings, Settings
from routing.values import Binding, Lane, SignaturePolicy, System
from signing.receipt import Reason

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SECRET = new_secret()

PACKAGE = Package(
    id="p1",
    key="k",
    document_id="H99.01,2026/11/20,125/BC-SM",
    kind="document",
    business="new",
    sender="H99.01",
    system_id="sender",
    notation="125/BC-SM",
    subject="V/v kiểm tra",
    urgency=1,
    sha256="ab" * 32,
    size=10,
    accepted_at=NOW,
    signature=Signature(SignatureResult.VALID, "cd" * 32, "required"),
)
DELIVERY = Delivery(
    id="d1",
    package_id="p1",
    recipient="H99.03",
    system_id="hook",
    lane=Lane.URGENT,
    state=State.QUEUED,
    deadline_at=NOW + timedelta(days=30),
)


def order(purpose, **of):
    return Order(
        id="o1", purpose=purpose, system_id="hook", binding=Binding.WEBHOOK, lane=Lane.URGENT, due_at=NOW, **of
    )


CONSIGN = Errand(order(Purpose.CONSIGN, delivery_id="d1"), PACKAGE, DELIVERY)


def told(event, reason=None):
    record = EventRecord(
        id="e1",
        event=event,
        at=NOW,
        package_id="p1",
        document_id=PACKAGE.document_id,
        sender="H99.01",
        sender_system="hook",
        delivery_id="d1",
        recipient="H99.03",
        state=State.HANDED_OVER,
        reason=reason,
        jws="a.b.c",
    )
    return Errand(order(Purpose.TELL, event_id="e1"), PACKAGE, event=record)


def answer(status, **headers):
    async def respond(_request):
        return web.Response(status=status, headers=headers)

    return respond


async def silence(_request):
    await asyncio.sleep(30)
    return web.Response()


class Receiver:
    def __init__(self, *answers):
        self.answers = list(answers) or [answer(204)]
        self.calls = []

    async def handle(self, request):
        self.calls.append((dict(request.headers), await request.read()))
        return await (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(request)

    @asynccontextmanager
    async def listening(self):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        try:
            yield self
        finally:
            await runner.cleanup()


class Names(AbstractResolver):
    """Resolves every name to the next of its addresses, and keeps how often it was asked."""

    def __init__(self, *addresses):
        self.addresses = list(addresses)
        self.asked = 0

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        self.asked += 1
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        return [{"hostname": host, "host": address, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self):
        pass


@asynccontextmanager
async def courier_to(
    url,
    *,
    allow=("127.0.0.1",),
    resolver=None,
    timeout=5.0,
    secret=SECRET,
    former=None,
    others=MappingProxyType({}),
):
    urls = {"hook": url, **others}
    systems = tuple(
        System(name, name, Binding.WEBHOOK, SignaturePolicy.REQUIRED, webhook_url=each) for name, each in urls.items()
    )
    secrets = dict.fromkeys(urls, secret) if secret else {}
    formers = {"hook": former} if former else {}
    register = Register(1, systems, (), (), (), (), secrets, former_webhook_secrets=formers)
    snapshot = Snapshot.of(register)
    settings = Settings(delivery=DeliverySettings(webhook_timeout=timeout, webhook_allow=allow))
    async with open_courier(settings, lambda: snapshot, lambda: datetime.now(UTC), resolver) as courier:
        yield courier


@pytest.fixture
async def receiver():
    async with Receiver().listening() as listening:
        yield listening


async def carried(receiver, errand=CONSIGN, **options):
    async with courier_to(receiver.url, **options) as courier:
        return await courier.carry(errand)


async def test_consigns(receiver):
    """A delivery is told as a signed thin CloudEvent with links to its content and acknowledgement."""
    assert await carried(receiver) == Consigned()
    headers, body = receiver.calls[0]
    lower = {name.lower(): value for name, value in headers.items()}
    assert is_genuine(SECRET, lower, body, datetime.now(UTC))
    assert lower["content-type"].startswith("application/cloudevents+json")
    assert lower["webhook-id"] == "d1"
    event = json.loads(body)
    assert (event["specversion"], event["id"], event["source"]) == ("1.0", "d1", "urn:axis:hub:H99")
    assert event["type"] == "vn.axis.delivery.consigned"
    assert event["data"] == {
        "id": "d1",
        "package_id": "p1",
        "document_id": PACKAGE.document_id,
        "kind": "document",
        "sender": "H99.01",
        "recipient": "H99.03",
        "lane": "urgent",
        "subject": "V/v kiểm tra",
        "sha256": "ab" * 32,
        "size": 10,
        "links": {
            "content": "http://127.0.0.1:8080/v1/deliveries/d1/content",
            "ack": "http://127.0.0.1:8080/v1/deliveries/d1/ack",
            "reject": "http://127.0.0.1:8080/v1/deliveries/d1/reject",
        },
    }


async def test_repeats_the_same(receiver):
    """Another attempt has the same id and the same body, so that a receiver can tell."""
    async with courier_to(receiver.url) as courier:
        await courier.carry(CONSIGN)
        await courier.carry(CONSIGN)
    (first, body), (second, again) = receiver.calls
    assert body == again
    assert first["webhook-id"] == second["webhook-id"]


async def test_tells_a_receipt(receiver):
    """A receipt goes home with its JWS."""
    assert await carried(receiver, told(Event.CONTENT_HANDOVER)) == Consigned()
    event = json.loads(receiver.calls[0][1])
    assert event["type"] == "vn.axis.receipt"
    assert event["data"]["type"] == "receipt"
    assert event["data"]["jws"] == "a.b.c"
    assert event["data"]["state"] == "handed_over"


async def test_tells_a_status(receiver):
    """A status goes home with its code and words."""
    await carried(receiver, told(Event.BUSINESS_STATUS, Reason("03", "Đã vào sổ")))
    event = json.loads(receiver.calls[0][1])
    assert event["type"] == "vn.axis.status"
    assert event["data"]["status"] == "03"
    assert event["data"]["reason"] == {"code": "03", "text": "Đã vào sổ"}


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_failing(status):
    """Row 57: any other answer is a failed attempt."""
    async with Receiver(answer(status)).listening() as receiver:
        outcome = await carried(receiver)
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith(f"http-{status}")


async def test_gone():
    """410 ends the address at once, and says which it was."""
    async with Receiver(answer(410)).listening() as receiver:
        outcome = await carried(receiver)
        assert (type(outcome), outcome.address) == (Gone, receiver.url)


async def test_obeys():
    """503 with Retry-After is obeyed."""
    async with Receiver(answer(503, **{"Retry-After": "90"})).listening() as receiver:
        assert (await carried(receiver)).retry_after == timedelta(seconds=90)


async def test_down(receiver):
    """Row 57: a receiver that does not listen is a failed attempt."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with courier_to(f"http://127.0.0.1:{port}/") as courier:
        outcome = await courier.carry(CONSIGN)
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("unreachable")


async def test_slow():
    """Row 57: a receiver that takes too long is a failed attempt."""
    async with Receiver(silence).listening() as receiver:
        outcome = await carried(receiver, timeout=0.2)
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("timeout")


async def test_slow_does_not_hold_up_others():
    """Row 57: while many calls wait for one receiver, a call to another passes."""
    async with AsyncExitStack() as stack:
        slow = await stack.enter_async_context(Receiver(silence).listening())
        quick = await stack.enter_async_context(Receiver().listening())
        courier = await stack.enter_async_context(courier_to(quick.url, timeout=20, others={"slow": slow.url}))
        to_slow = structs.replace(CONSIGN, order=structs.replace(CONSIGN.order, system_id="slow"))
        waiting = [asyncio.create_task(courier.carry(to_slow)) for _ in range(150)]
        while len(slow.calls) < len(waiting):
            await asyncio.sleep(0.01)
        assert await courier.carry(CONSIGN) == Consigned()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_endless_answer():
    """The body of an answer is not read: an endless one changes nothing."""

    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65536)
        except (ConnectionError, asyncio.CancelledError):
            return response

    async with Receiver(endless).listening() as receiver:
        assert await carried(receiver) == Consigned()


async def test_redirect_is_not_followed():
    """Row 57: a redirect to loopback is a failed attempt, and the target sees nothing."""
    async with AsyncExitStack() as stack:
        inner = await stack.enter_async_context(Receiver().listening())
        moved = answer(307, Location=inner.url)
        outer = await stack.enter_async_context(Receiver(moved).listening())
        outcome = await carried(outer)
        assert isinstance(outcome, Failed)
        assert outcome.reason.startswith("redirect")
        assert inner.calls == []


async def test_loopback_is_refused(receiver):
    """Row 64: without an exception a loopback target is never called."""
    outcome = await carried(receiver, allow=())
    assert isinstance(outcome, Hopeless)
    assert outcome.reason.startswith("webhook-target-forbidden")
    assert receiver.calls == []


async def test_name_of_loopback_is_refused(receiver):
    """Row 64: a public-looking name that resolves to loopback is never called."""
    names = Names("127.0.0.1")
    async with courier_to(f"http://hook.example.vn:{receiver.port}/", allow=(), resolver=names) as courier:
        outcome = await courier.carry(CONSIGN)
    assert isinstance(outcome, Hopeless)
    assert outcome.reason.startswith("webhook-target-forbidden")
    assert receiver.calls == []


async def test_rebinding_is_refused(receiver):
    """Row 64: a name that was public when it was checked first and is loopback now is never called: each connection is judged."""
    names = Names("203.0.113.7", "127.0.0.1")
    url = f"http://hook.example.vn:{receiver.port}/"
    async with courier_to(url, allow=("203.0.113.0/24",), resolver=names, timeout=0.3) as courier:
        first = await courier.carry(CONSIGN)
        second = await courier.carry(CONSIGN)
    assert isinstance(first, Failed)
    assert isinstance(second, Hopeless)
    assert names.asked == 2
    assert receiver.calls == []


async def test_connects_to_the_judged_address(receiver):
    """Row 64: a name is resolved once per connection, and the connection goes to the address that was judged."""
    names = Names("127.0.0.1", "203.0.113.7")
    url = f"http://hook.example.vn:{receiver.port}/"
    async with courier_to(url, allow=("127.0.0.0/8",), resolver=names) as courier:
        assert await courier.carry(CONSIGN) == Consigned()
    assert names.asked == 1


@pytest.mark.parametrize("minutes, is_believed", [(1, True), (-1, False)], ids=["before", "after"])
async def test_former_secret(receiver, minutes, is_believed):
    """Until the old secret ends a receiver that has not got the new one yet believes the calls; afterwards it does not."""
    former = FormerSecret(new_secret(), datetime.now(UTC) + timedelta(minutes=minutes))
    await carried(receiver, former=former)
    headers, body = receiver.calls[0]
    lower = {name.lower(): value for name, value in headers.items()}
    assert is_genuine(SECRET, lower, body, datetime.now(UTC))
    assert is_genuine(former.secret, lower, body, datetime.now(UTC)) == is_believed


@pytest.mark.parametrize("secret", [None, "whsec_!!"])
async def test_no_secret(receiver, secret):
    """A system without a usable secret is never called: a call that proves nothing helps nobody."""
    assert isinstance(await carried(receiver, secret=secret), Hopeless)
    assert receiver.calls == []


async def test_no_address():
    """A system without an address is hopeless."""
    async with courier_to(None) as courier:
        assert isinstance(await courier.carry(CONSIGN), Hopeless)
