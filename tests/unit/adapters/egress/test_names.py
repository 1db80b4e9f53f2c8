"""Facts about looking up the names of targets."""

import asyncio
import socket
import threading

import pytest

from adapters.egress.names import SystemResolver


class NameServer:
    """Answers like the operating system, but for names under `silent.`, until it is told to."""

    def __init__(self):
        self.may_answer = threading.Event()
        self.asked = []

    def __call__(self, host, *arguments, **options):
        self.asked.append(host)
        if host.startswith("silent."):
            self.may_answer.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return socket.getaddrinfo("127.0.0.1", *arguments, **options)


@pytest.fixture
def name_server():
    server = NameServer()
    yield server
    server.may_answer.set()


async def test_names_that_hang_hold_up_nobody_else(name_server):
    """While the names of fifty targets get no answer, another is resolved, and the event loop's threads are free."""
    resolver = SystemResolver(name_server)
    hanging = [asyncio.ensure_future(resolver.resolve(f"silent.{number}.example", 443)) for number in range(50)]
    async with asyncio.timeout(10):
        while len(name_server.asked) < len(hanging):
            await asyncio.sleep(0.01)
        found = await resolver.resolve("well.example", 443)
        await asyncio.to_thread(lambda: None)
    assert [each["host"] for each in found] == ["127.0.0.1"]
    assert not any(each.done() for each in hanging)
    name_server.may_answer.set()
    assert all(isinstance(each, OSError) for each in await asyncio.gather(*hanging, return_exceptions=True))


async def test_a_name_is_looked_up_once_at_a_time(name_server):
    """Who asks for a name that is being looked up waits for the same answer, also when the first to ask has gone."""
    resolver = SystemResolver(name_server)
    first, second = (asyncio.ensure_future(resolver.resolve("silent.example", 443)) for _ in range(2))
    async with asyncio.timeout(10):
        while not name_server.asked:
            await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0)
        name_server.may_answer.set()
        with pytest.raises(OSError, match="no answer"):
            await second
    assert name_server.asked == ["silent.example"]


async def test_a_name_is_looked_up_anew_each_time(name_server):
    """An answer is not remembered: the next connection goes where the name points then."""
    resolver = SystemResolver(name_server)
    await resolver.resolve("well.example", 443)
    await resolver.resolve("well.example", 443)
    assert name_server.asked == ["well.example", "well.example"]


async def test_the_operating_system_is_asked():
    """Names are resolved as by every other program, with the port that was asked for."""
    found = await SystemResolver().resolve("localhost", 8443)
    assert {each["host"] for each in found} <= {"127.0.0.1", "::1"}
    assert {each["port"] for each in found} == {8443}


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64 + ".example"])
async def test_what_does_not_resolve_is_an_operating_system_error(host):
    """A name that nobody has, or that none can be, is an `OSError`, as the caller of a webhook expects."""
    with pytest.raises(OSError):
        await SystemResolver().resolve(host, 443)
