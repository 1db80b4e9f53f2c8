"""The binding `amqp`: a system consumes its own queue, and its word about a delivery is the handover."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from functools import partial

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError, ChannelPreconditionFailed

from adapters.client import open_client
from bench.packages import Letter, write_letter
from tests.support.hub import axis
from tests.support.project import ROOT

from .description import fits, is_payload
from .exchange import AGENCY, SYSTEM, new_world, state_of

MISSING = "0190a1b2-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def world(rabbitmq, tmp_path_factory):
    made = new_world(tmp_path_factory.mktemp("binding"), rabbitmq)
    made.hub.start()
    while f"axis.{SYSTEM}.normal" not in rabbitmq.ctl("list_queues", "name"):
        time.sleep(0.1)
    yield made
    assert made.hub.stop() == 0
    rabbitmq.ctl("delete_user", SYSTEM)


async def reaches(client, package_id, state):
    while await state_of(client, package_id) != state:
        await asyncio.sleep(0.05)


async def dead_letters(world):
    """Take all dead letters out; return their reasons."""
    connection = await aio_pika.connect(world.node.url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue("axis.dead", ensure=False)
        reasons = []
        while message := await queue.get(fail=False):
            await message.ack()
            reasons.append(message.headers.get("axis-reason"))
        return reasons


async def comes_to_the_dead(world, words):
    while not any(words in (each or "") for each in await dead_letters(world)):
        await asyncio.sleep(0.1)


async def test_the_message_is_the_package(world):
    """A package of up to 1 MiB is the message, with what a consumer needs to know in its properties and headers."""
    data = world.letter()
    async with world.sender() as sender, world.inbox() as inbox:
        package = (await sender.submit(data)).package
        message = await inbox.next()
        assert message.body == data
        assert fits(message, "package")
        assert message.message_id == package.deliveries[0].id
        assert message.content_type == "application/edxml+xml"
        assert message.type == "document"
        assert message.headers["axis-package-id"] == package.id
        assert message.headers["axis-document-id"] == package.document_id
        assert (message.headers["axis-sender"], message.headers["axis-recipient"]) == (world.asking[0], AGENCY)
        assert message.headers["axis-sha256"] == hashlib.sha256(data).hexdigest()
        assert message.headers["traceparent"].startswith(f"00-{package.id.replace('-', '')}-")
        await reaches(sender, package.id, "consigned")


async def test_a_large_package_is_claimed(world):
    """Above 1 MiB the message is a claim: address, digest and size of the bytes, fetched with the system's API key."""
    data = world.letter(1_200_000)
    async with world.sender() as sender, world.inbox() as inbox, open_client(world.hub.url, world.key) as own:
        sent = world.hub.folder / "large.edxml"
        sent.write_bytes(data)
        package = (await sender.submit(sent)).package
        message = await inbox.next()
        assert fits(message, "claim")
        claim = json.loads(message.body)
        assert message.content_type == "application/json"
        assert message.type == "document"
        digest = hashlib.sha256(data).hexdigest()
        assert (claim["sha256"], claim["size"]) == (digest, len(data))
        assert claim["content"] == f"{world.hub.url}/v1/deliveries/{package.deliveries[0].id}/content"
        file = world.hub.folder / "fetched"
        await own.delivery_content(claim["delivery"], file)
        assert file.read_bytes() == data


async def test_the_word_is_the_handover(world):
    """A broker ack alone hands nothing over; the system's word does, with the receipt, and repeating it changes nothing."""
    async with world.sender() as sender, world.inbox() as inbox:
        package = (await sender.submit(world.letter())).package
        message = await inbox.next()
        await reaches(sender, package.id, "consigned")
        await asyncio.sleep(0.5)
        assert await state_of(sender, package.id) == "consigned"
        word = {"delivery": message.message_id, "result": "handed_over"}
        assert is_payload(word, "acknowledgement")
        for _ in range(3):
            await inbox.say(word)
        await reaches(sender, package.id, "handed_over")
        events = [each.event async for each in sender.feed(wait=None) if each.package_id == package.id]
        assert events.count("ContentHandover") == 1


async def test_a_refusal_needs_a_reason(world):
    """A system that cannot take a delivery says why, and the sender reads it; without a reason the word is put aside."""
    async with world.sender() as sender, world.inbox() as inbox:
        package = (await sender.submit(world.letter())).package
        delivery = (await inbox.next()).message_id
        await inbox.say({"delivery": delivery, "result": "refused"})
        await comes_to_the_dead(world, "json-invalid")
        await inbox.say({"delivery": delivery, "result": "refused", "reason": "Không thuộc thẩm quyền"})
        await reaches(sender, package.id, "refused")
        told = [each async for each in sender.feed(wait=None) if each.event == "ContentHandoverFailure"]
        assert told[-1].reason.text == "Không thuộc thẩm quyền"


@pytest.mark.parametrize(
    "said, reason",
    [
        (b"no json", "json-invalid"),
        ({"delivery": "x", "result": "handed_over"}, "json-invalid"),
        ({"delivery": MISSING, "result": "taken"}, "json-invalid"),
        ({"delivery": MISSING, "result": "handed_over", "more": 1}, "json-invalid"),
        ({"delivery": MISSING, "result": "handed_over"}, "not-found"),
    ],
    ids=["no-json", "no-id", "no-result", "unknown-field", "unknown-delivery"],
)
async def test_a_bad_word_is_put_aside(world, said, reason):
    """Row 56: a word that cannot be taken is put aside with the reason, and those behind it are heard."""
    async with world.sender() as sender, world.inbox() as inbox:
        package = (await sender.submit(world.letter())).package
        delivery = (await inbox.next()).message_id
        await inbox.say(said)
        await inbox.say({"delivery": delivery, "result": "handed_over"})
        await reaches(sender, package.id, "handed_over")
        await comes_to_the_dead(world, reason)


async def test_who_says_it_is_known(world):
    """A word without the name of its author hands nothing over, and under another's name it does not get past the broker."""
    async with world.sender() as sender, world.inbox() as inbox:
        package = (await sender.submit(world.letter())).package
        delivery = (await inbox.next()).message_id
        await inbox.say({"delivery": delivery, "result": "handed_over"}, user=None)
        await comes_to_the_dead(world, "not-authorised")
        with pytest.raises(ChannelPreconditionFailed):
            await inbox.say({"delivery": delivery, "result": "handed_over"}, user="another")
        assert await state_of(sender, package.id) in {"queued", "consigned"}


async def test_the_account_can_do_no_more(world):
    """The system's account declares nothing, reads no other queue and writes nowhere but to the acknowledgements."""
    connection = await aio_pika.connect(world.url)
    other = world.hub.credentials["systems"][0]["id"]
    async with connection:
        for attempt in (
            lambda channel: channel.declare_queue("mine", durable=True),
            lambda channel: channel.default_exchange.publish(aio_pika.Message(b""), f"axis.{SYSTEM}.normal"),
            lambda channel: _read(channel, f"axis.{other}.normal"),
            lambda channel: _read(channel, "axis.acknowledgements"),
            lambda channel: _read(channel, "axis.dead"),
        ):
            with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
                await attempt(await connection.channel())


async def _read(channel, name):
    await (await channel.get_queue(name, ensure=False)).get(fail=False)


async def _handed_over(world, own, asking, size):
    """Send a document from the system that consumes to the one that asks, which acknowledges it; return the package."""
    letter = write_letter(Letter(AGENCY, (world.asking[0],), world.base, size, 0))
    package = (await own.submit(letter)).package
    items = await asking.inbox(wait=20)
    await asking.acknowledge(next(each.id for each in items if each.package_id == package.id))
    return package


async def test_receipts_come_to_the_senders_queue(world):
    """What happens to a document that the system sent comes into its queue as receipts, which verify as in the feed."""
    async with open_client(world.hub.url, world.key) as own, world.sender() as asking, world.inbox() as inbox:
        package = await _handed_over(world, own, asking, 9_000)
        told = {}
        while "ContentHandover" not in told:
            message = await inbox.next()
            if message.type == "receipt":
                assert fits(message, "receipt")
                told[json.loads(message.body)["event"]] = message
        assert told.keys() == {"ContentConsignment", "ContentHandover"}
        body = json.loads(told["ContentHandover"].body)
        assert (body["package_id"], told["ContentHandover"].message_id) == (package.id, body["id"])
        feed = [each.jws async for each in own.feed(wait=None) if each.event == "ContentHandover"]
        assert body["jws"] in feed


async def test_a_withdrawal_comes_to_the_recipients_queue(world):
    """A recipient whose queue holds a document that was recalled reads behind it that the delivery is withdrawn."""
    async with world.sender() as sender, world.inbox() as inbox:
        package = (await sender.submit(world.letter())).package
        await reaches(sender, package.id, "consigned")
        (outcome,) = await sender.recall(package.id, "gửi nhầm")
        assert outcome.outcome == "withdrawn"
        while (message := await inbox.next()).type != "receipt":
            pass
        assert fits(message, "receipt")
        told = json.loads(message.body)
        assert (told["event"], told["delivery"]) == ("Withdrawal", package.deliveries[0].id)
        assert told["jws"] == outcome.receipt


async def test_the_example_in_the_documents(world, tmp_path):
    """The Python example of docs/amqp.md files packages, large ones too, and receipts, and hands over."""
    example = ROOT / "docs" / "examples" / "amqp_consumer.py"
    environment = {**os.environ, "AXIS_AMQP": world.url, "AXIS_SYSTEM": SYSTEM, "AXIS_API_KEY": world.key}
    with subprocess.Popen((sys.executable, str(example), str(tmp_path)), env=environment) as process:
        try:
            async with world.sender() as sender:
                small = world.letter()
                large = tmp_path / "large.edxml"
                large.write_bytes(world.letter(1_200_000))
                for content in (small, large):
                    package = (await sender.submit(content)).package
                    await reaches(sender, package.id, "handed_over")
                    filed = tmp_path / f"{package.deliveries[0].id}.document"
                    assert filed.read_bytes() == (small if content is small else large.read_bytes())
        finally:
            process.terminate()


async def test_a_rebuild_sends_again_what_was_not_acknowledged(world):
    """`axis queue rebuild` puts into a system's queue again what it was consigned and has not acknowledged, under the same id."""
    async with world.sender() as sender, world.inbox() as inbox:
        package = (await sender.submit(world.letter())).package
        await reaches(sender, package.id, "consigned")
        done = axis("queue", "rebuild", "--system", SYSTEM, "--config", str(world.hub.config), "--json")
        assert json.loads(done.stdout)["rebuilt"] >= 1
        times = 0
        while times < 2:
            times += (await inbox.next()).message_id == package.deliveries[0].id
        assert await state_of(sender, package.id) == "consigned"


async def test_a_rebuild_tells_receipts_again(world):
    """With `--receipts DAYS` a rebuild puts receipts into a system's queue again, under their own ids; without it none."""
    async with open_client(world.hub.url, world.key) as own, world.sender() as asking, world.inbox() as inbox:
        package = await _handed_over(world, own, asking, 9_500)

        async def next_handover():
            while True:
                message = await inbox.next()
                told = json.loads(message.body) if message.type == "receipt" else {}
                if (told.get("package_id"), told.get("event")) == (package.id, "ContentHandover"):
                    return message

        first = await next_handover()
        rebuild = ("queue", "rebuild", "--system", SYSTEM, "--config", str(world.hub.config), "--json")
        assert json.loads(axis(*rebuild).stdout)["receipts"] == 0
        assert json.loads(axis(*rebuild, "--receipts", "1").stdout)["receipts"] >= 2
        again = await next_handover()
        assert (again.message_id, again.body, again.headers) == (first.message_id, first.body, first.headers)


async def comes(world, delivery):
    async with world.inbox() as inbox:
        # A queue that is made anew ends its consumers: whoever hears nothing for long subscribes again.
        while (await inbox.next(limit=5.0)).message_id != delivery:
            pass


async def is_said(world, sender, package):
    """What came was acknowledged, so it does not come again: the word about it is repeated until the hub has heard it."""
    async with world.inbox() as inbox:
        while await state_of(sender, package.id) != "handed_over":
            await inbox.say({"delivery": package.deliveries[0].id, "result": "handed_over"})
            await asyncio.sleep(0.2)


async def until_done(attempt):
    """Try again as a client does whose connection is lost, or whose queue or exchange is not there yet."""
    while True:
        try:
            return await attempt()
        except (AMQPError, TimeoutError):
            await asyncio.sleep(0.2)


async def test_what_a_wipe_took_comes_again(world):
    """Row 50: what stood unacknowledged in a system's queue when the broker was wiped comes again, without a command."""
    async with world.sender() as sender:
        package = (await sender.submit(world.letter())).package
        await reaches(sender, package.id, "consigned")
        world.node.wipe()
        world.node.ctl(
            "set_permissions", SYSTEM, "^$", r"^axis\.acknowledgements$", rf"^axis\.{SYSTEM}\.(urgent|normal)$"
        )
        delivery = package.deliveries[0].id
        await sender.submit(world.letter())  # the hub learns of the wipe from whatever it does next
        await until_done(partial(comes, world, delivery))
        await until_done(partial(is_said, world, sender, package))
