"""The proxy does to connections what it says, and nothing else."""

import asyncio
from contextlib import asynccontextmanager

import aio_pika
import pytest
from aio_pika.exceptions import DeliveryError

from tests.support.hub import free_port

from .confirms import Fate, Nth
from .proxy import Proxy, Toward, Weather, proxy_to

SOON = 0.2  #: seconds in which something that must not come would have come


async def echo(reader, writer):
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.write(b"end of what the client said")
    writer.close()


@pytest.fixture
async def proxy():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, proxy_to(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


@pytest.fixture
async def connection(proxy):
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    yield reader, writer
    writer.transport.abort()


async def nothing_comes(reader):
    try:
        async with asyncio.timeout(SOON):
            return not await reader.read(1)
    except TimeoutError:
        return True


async def test_forwards(connection):
    """A megabyte goes through unchanged, in both directions."""
    reader, writer = connection
    sent = bytes(range(256)) * 4096
    writer.write(sent)
    assert await reader.readexactly(len(sent)) == sent


async def test_latency(proxy, connection):
    """With latency a chunk comes later by twice of it, once per direction."""
    reader, writer = connection
    proxy.weather = Weather(latency=0.1, jitter=0.01)
    began_at = asyncio.get_running_loop().time()
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    assert asyncio.get_running_loop().time() - began_at >= 0.2


async def test_bandwidth(proxy, connection):
    """With a bandwidth of 100 kB/s, 50 kB take half a second at least."""
    reader, writer = connection
    proxy.weather = Weather(bandwidth=100_000)
    began_at = asyncio.get_running_loop().time()
    writer.write(bytes(50_000))
    await reader.readexactly(50_000)
    writer.write(b"x")
    await reader.readexactly(1)
    assert asyncio.get_running_loop().time() - began_at >= 0.5


async def test_cut(proxy, connection):
    """A cut ends a connection in order."""
    reader, _ = connection
    assert proxy.cut() == 1
    assert await reader.read() == b""


async def test_reset(proxy, connection):
    """A reset ends a connection with an error."""
    reader, _ = connection
    assert proxy.reset() == 1
    with pytest.raises(ConnectionResetError):
        await reader.read()


async def test_half_close_toward_server(proxy, connection):
    """With the way to the server closed the server's last words still arrive."""
    reader, _ = connection
    proxy.half_close(Toward.SERVER)
    assert await reader.read() == b"end of what the client said"


async def test_half_close_toward_client(proxy, connection):
    """With the way to the client closed the client hears that nothing more comes."""
    reader, _ = connection
    proxy.half_close(Toward.CLIENT)
    assert await reader.read() == b""


async def test_hold(proxy, connection):
    """What is sent into a black hole arrives when it has passed, as TCP would have it."""
    reader, writer = connection
    proxy.hold()
    writer.write(b"later")
    assert await nothing_comes(reader)
    proxy.flow()
    assert await reader.readexactly(5) == b"later"


async def test_refuse(proxy):
    """A refused connection is refused, and the port is the same when the proxy listens again."""
    port = proxy.port
    await proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    await proxy.listen()
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def test_target_away():
    """A connection to a target that is away is ended."""
    async with proxy_to(free_port()) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await reader.read() == b""
        writer.close()


@asynccontextmanager
async def publishing(node, proxy: Proxy):
    """Give a function that publishes to a queue through the proxy, and one that counts what the queue holds."""
    async with (
        await aio_pika.connect(node.url) as direct,
        await aio_pika.connect(node.url.replace(str(node.port), str(proxy.port))) as hurt,
    ):
        channel = await direct.channel()
        queue = await channel.declare_queue(exclusive=True)
        exchange = (await hurt.channel(on_return_raises=True)).default_exchange

        # An exclusive queue may be published to by anyone.
        async def publish():
            await exchange.publish(aio_pika.Message(b"x"), queue.name, timeout=1.0)

        async def count():
            return (await channel.declare_queue(queue.name, passive=True)).declaration_result.message_count

        yield publish, count


async def test_confirmation_dropped(rabbitmq):
    """A dropped confirmation never arrives although the broker has the message; the next one does."""
    async with proxy_to(rabbitmq.port, is_amqp=True) as proxy, publishing(rabbitmq, proxy) as (publish, count):
        await publish()
        proxy.confirmation = Nth(1, Fate.DROP)
        with pytest.raises(TimeoutError):
            await publish()
        await publish()
        assert await count() == 3


async def test_confirmation_refused(rabbitmq):
    """A refused confirmation arrives as nack."""
    async with proxy_to(rabbitmq.port, is_amqp=True) as proxy, publishing(rabbitmq, proxy) as (publish, _):
        proxy.confirmation = Nth(2, Fate.REFUSE)
        await publish()
        with pytest.raises(DeliveryError):
            await publish()
        await publish()


async def test_confirmation_cut(rabbitmq):
    """A connection that is cut in place of a confirmation ends with the message in the broker."""
    async with proxy_to(rabbitmq.port, is_amqp=True) as proxy, publishing(rabbitmq, proxy) as (publish, count):
        proxy.confirmation = Nth(1, Fate.CUT)
        with pytest.raises((aio_pika.exceptions.AMQPError, ConnectionError, asyncio.CancelledError)):
            await publish()
        assert await count() == 1
