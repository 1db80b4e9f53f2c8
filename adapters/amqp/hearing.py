"""Hears what systems say on `axis.acknowledgements`: acknowledged after the commit, put aside with the reason when it is bad."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractIncomingMessage

from adapters.amqp.connection import Line, Lines
from adapters.amqp.consumer import QueueConsumer
from adapters.amqp.errors import forgiven, translated
from adapters.amqp.patience import PATIENT, Patience
from adapters.amqp.topology import ACKNOWLEDGEMENTS, DEAD, make_shared
from adapters.amqp.watching import Watch
from hub.acknowledgements import Word
from hub.trouble import Deferral, Refusal

_PAUSE = 1.0  #: seconds until the store is asked again
_FAULTS = 3  #: times that a message may end in an unexpected error until it is put aside
_LARGEST = 16_384  #: bytes

Take = Callable[[str | None, Word], Awaitable[object]]

_log = structlog.get_logger()


class Hearing:
    """The intake of the acknowledgements' queue."""

    name = ACKNOWLEDGEMENTS

    def __init__(self, take: Take, aside: Line) -> None:
        self._take = take
        self._aside = aside
        self._channel = 0
        self.arrivals = 0  #: messages ever received
        self._held: dict[int, float] = {}  #: delivery tags not yet acknowledged, and since when

    @property
    def is_idle(self) -> bool:
        """Whether no message is held here."""
        return not self._held

    async def prepare(self, line: Line, *, is_deleted: bool = False) -> None:
        """Make exchange and queue. What a lost queue held is said again: deliveries without a word are sent again."""
        del is_deleted
        await make_shared(line)

    def begin(self) -> int:
        """Forget what came on the channel before, which is lost: it comes again. Number the next one."""
        self._channel += 1
        self._held.clear()
        return self._channel

    def is_older_than(self, seconds: float) -> bool:
        """Whether the first message that is held came so long ago."""
        return bool(self._held) and _now() - next(iter(self._held.values())) > seconds

    async def take_in(self, number: int, message: AbstractIncomingMessage) -> None:
        """Take one message to its end; while store or broker are away it waits here, as long as its channel lasts."""
        if number != self._channel or message.delivery_tag is None:
            return
        self.arrivals += 1
        self._held[message.delivery_tag] = _now()
        # Of what is no word the beginning is enough: 200 of them may wait here at once.
        message.body = message.body[: _LARGEST + 1]  # type: ignore[misc] # its interface leaves the slot out
        while number == self._channel:
            if await self._is_concluded(message):
                if number == self._channel:  # on another channel the tag is another message's
                    self._held.pop(message.delivery_tag, None)
                return
            await asyncio.sleep(_PAUSE)

    async def _is_concluded(self, message: AbstractIncomingMessage) -> bool:
        """Record or put aside what was said, then acknowledge; return whether that could be done."""
        try:
            reason = await self._heard(message)
            if reason is not None:
                _log.warning("acknowledgement-put-aside", user=message.user_id, reason=reason)
                await self._put_aside(message, reason)
        except Deferral as deferral:
            _log.warning("acknowledgement-waits", code=deferral.code, detail=deferral.detail)
            return False
        with forgiven():  # a lost channel: it comes again
            await message.ack()
        return True

    async def _heard(self, message: AbstractIncomingMessage) -> str | None:
        """Return None when it is recorded, else what is wrong with it. Raises `Deferral`."""
        try:
            word = _read(message.body)
        except msgspec.MsgspecError as error:
            return f"json-invalid: {error}"
        faults = 0
        while True:
            try:
                await self._take(message.user_id, word)
            except Refusal as refusal:
                return f"{refusal.code}: {refusal.detail}"
            except Deferral:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a message does, those behind it are heard
                faults += 1
                _log.exception("acknowledgement-failed", delivery=word.delivery)
                if faults == _FAULTS:
                    return f"defect: {type(error).__name__}"
            else:
                return None
            await asyncio.sleep(_PAUSE)

    async def _put_aside(self, message: AbstractIncomingMessage, reason: str) -> None:
        letter = Message(
            message.body,
            type="acknowledgement",
            content_type=message.content_type,
            headers={"axis-reason": reason, "axis-user": message.user_id or "", "axis-queue": self.name},
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        with translated():
            async with await self._aside.channel(publisher_confirms=True) as channel:
                exchange = await channel.get_exchange(DEAD, ensure=False)
                await exchange.publish(letter, "", timeout=PATIENT.confirm)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _read(body: bytes) -> Word:
    if len(body) > _LARGEST:
        raise msgspec.ValidationError(f"more than {_LARGEST} bytes")
    return msgspec.json.decode(body, type=Word)


class Ear:
    """The connections that hearing needs."""

    def __init__(self, url: str, patience: Patience) -> None:
        self._lines = Lines(url, "hearing")
        self._aside = Line(url, "putting aside")
        self._asking = Line(url, "asking about words")
        self._patience = patience

    def loop(self, take: Take) -> Callable[[], Awaitable[None]]:
        """Return the loop that hears, and gives what it heard to `take`."""
        return self.hearing(take).run

    def hearing(self, take: Take) -> Attention:
        """Return who hears."""
        heard = Hearing(take, self._aside)
        consumer = QueueConsumer(
            heard,
            line=self._lines.for_channels(1),
            alone=self._lines.alone,
            gate=asyncio.Semaphore(1),
            answers=lambda _name: None,
            patience=self._patience,
        )
        return Attention(consumer, Watch(self._asking, lambda: ((heard, consumer),)))

    async def close(self) -> None:
        """Close the connections; what was not recorded comes again."""
        await self._lines.close()
        await self._aside.close()
        await self._asking.close()


class Attention:
    """A consumer of words, and who sees that it is not deaf."""

    def __init__(self, consumer: QueueConsumer, watch: Watch) -> None:
        self.consumer = consumer
        self.watch = watch

    async def run(self) -> None:
        """Hear for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.consumer.run(), name=f"consume {self.consumer.name}")
            group.create_task(self.watch.run(), name=f"watch {self.consumer.name}")
