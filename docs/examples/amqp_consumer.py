"""A system with the binding `amqp`: takes what is in its queues, files it, and tells the hub. Needs `pip install aio-pika`.

AXIS_AMQP=amqps://sys-h99-04:PASSWORD@rabbitmq.example.vn:5671/ AXIS_SYSTEM=sys-h99-04 AXIS_API_KEY=axk_… \
        python amqp_consumer.py FOLDER
"""

import asyncio
import hashlib
import json
import os
import sys
import urllib.request
from pathlib import Path

import aio_pika

SYSTEM = os.environ["AXIS_SYSTEM"]
FOLDER = Path(sys.argv[1])


async def main() -> None:
    """Serve both queues for ever."""
    connection = await aio_pika.connect_robust(os.environ["AXIS_AMQP"], heartbeat=30)
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        await channel.set_qos(prefetch_count=10)
        words = await channel.get_exchange("axis.acknowledgements", ensure=False)
        for lane in ("urgent", "normal"):
            queue = await channel.get_queue(f"axis.{SYSTEM}.{lane}", ensure=False)
            await queue.consume(lambda message: take(message, words))
        await asyncio.Future()


async def take(message: aio_pika.abc.AbstractIncomingMessage, words: aio_pika.abc.AbstractExchange) -> None:
    """File one message, tell the hub, and only then ack it: after a crash it comes again, with the same id."""
    async with message.process(requeue=True):
        await asyncio.to_thread(file, message)
        if message.type != "receipt":
            await say(words, {"delivery": message.message_id, "result": "handed_over"})


def file(message: aio_pika.abc.AbstractIncomingMessage) -> None:
    """Store it durably under its id; storing it again changes nothing."""
    body = message.body
    if message.type != "receipt" and message.content_type == "application/json":
        body = fetched(json.loads(body))
    target = FOLDER / f"{message.message_id}.{message.type}"
    with target.with_suffix(".part").open("wb") as part:
        part.write(body)
        part.flush()
        os.fsync(part.fileno())
    target.with_suffix(".part").replace(target)


def fetched(claim: dict[str, str]) -> bytes:
    """Fetch a package that was too large for a message, and see that it is the one that was promised."""
    request = urllib.request.Request(
        claim["content"], headers={"Authorization": f"Bearer {os.environ['AXIS_API_KEY']}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        body: bytes = answer.read()
    if hashlib.sha256(body).hexdigest() != claim["sha256"]:
        raise ValueError(f"delivery {claim['delivery']} came damaged")
    return body


async def say(words: aio_pika.abc.AbstractExchange, said: dict[str, str | None]) -> None:
    """Tell the hub, as the account that the broker knows, and wait until the broker has it."""
    message = aio_pika.Message(
        json.dumps(said).encode(),
        content_type="application/json",
        user_id=SYSTEM,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    await words.publish(message, routing_key="", timeout=10)


if __name__ == "__main__":
    asyncio.run(main())
