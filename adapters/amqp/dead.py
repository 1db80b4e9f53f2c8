"""The dead letters of the broker, for operators: what was put aside, from which queue, and why."""

from __future__ import annotations

import asyncio

from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import QueueEmpty
from msgspec import Struct

from adapters.amqp.connection import Line
from adapters.amqp.errors import translated
from adapters.amqp.patience import PATIENT
from adapters.amqp.topology import DEAD, declare_shared

_SHOWN = 200  #: bytes of a body


class DeadLetter(Struct, frozen=True):
    """A message that was put aside. `user` is who said it, of an acknowledgement; `text` is the beginning of its body."""

    queue: str
    reason: str
    type: str
    message_id: str
    user: str
    text: str


async def dead_letters(url: str, most: int) -> tuple[DeadLetter, ...]:
    """Return the first dead letters, and leave them where they are. Raises `Deferral`."""
    line = Line(url, "dead letters")
    try:
        with translated(RuntimeError):
            async with asyncio.timeout(PATIENT.answer), await line.channel() as channel:
                await declare_shared(channel)
                queue = await channel.get_queue(DEAD, ensure=False)
                letters: list[DeadLetter] = []
                try:
                    while len(letters) < most:
                        letters.append(_read(await queue.get(timeout=PATIENT.answer)))
                except QueueEmpty:
                    pass
                return tuple(letters)  # closing the channel gives them back, unacknowledged as they are
    finally:
        await line.close()


async def purge_dead_letters(url: str) -> int:
    """Remove them all; return how many there were. Raises `Deferral`."""
    line = Line(url, "dead letters")
    try:
        with translated(RuntimeError):
            async with asyncio.timeout(PATIENT.answer), await line.channel() as channel:
                await declare_shared(channel)
                queue = await channel.get_queue(DEAD, ensure=False)
                return (await queue.purge()).message_count or 0
    finally:
        await line.close()


def _read(message: AbstractIncomingMessage) -> DeadLetter:
    headers = message.headers
    deaths = headers.get("x-death")
    death = deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else {}
    return DeadLetter(
        queue=str(headers.get("axis-queue") or death.get("queue") or ""),
        reason=str(headers.get("axis-reason") or death.get("reason") or ""),
        type=message.type or "",
        message_id=message.message_id or "",
        user=str(headers.get("axis-user") or ""),
        text=message.body[:_SHOWN].decode("utf-8", "replace"),
    )
