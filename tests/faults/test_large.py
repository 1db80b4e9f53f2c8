"""Very large packages: taken within bounded memory while the hub goes on answering, or refused before they are read."""

import asyncio
import hashlib
import re
import selectors
import socket
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from adapters.client import RetryPolicy, open_client
from bench.demo import Demo
from bench.packages import Letter, sign_letter
from tests.support.hub import HubProcess

MIB = 1024 * 1024
LARGE_ATTACHMENT = 50_000_000 * 3 // 4  #: bytes; base64 makes a package of 50 MB of it


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    running = HubProcess.create(tmp_path_factory.mktemp("large") / "hub").start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def demo(hub):
    return Demo.of(hub.folder)


@pytest.fixture(scope="module")
def package(demo, tmp_path_factory):
    letter = Letter(demo.sender.code, (demo.recipient.code,), "large", 1, LARGE_ATTACHMENT)
    file = tmp_path_factory.mktemp("package") / "large.edxml"
    file.write_bytes(sign_letter(letter, demo.sender.seal))
    return file


def peak_memory(pid):
    """Return the high-water mark of the resident memory of a process in bytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def longest_answer(url, is_over):
    """Ask /livez until the time is over; return the longest wait in seconds."""
    longest = 0.0
    while not is_over.is_set():
        began_at = time.monotonic()
        with urllib.request.urlopen(f"{url}/livez", timeout=30) as answer:
            assert answer.status == 200
        longest = max(longest, time.monotonic() - began_at)
        time.sleep(0.01)
    return longest


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel tells no high-water mark here")
async def test_fifty_megabytes(hub, demo, package, tmp_path):
    """A package of 50 MB reaches its recipient unchanged, in under 700 MB of memory, while /livez is answered."""
    is_over = threading.Event()
    alive = asyncio.create_task(asyncio.to_thread(longest_answer, hub.url, is_over))
    patient = RetryPolicy(answer_within=60.0)
    try:
        async with open_client(hub.url, demo.sender.api_key, retry=patient) as sender:
            submitted = await sender.submit(package)
        async with open_client(hub.url, demo.recipient.api_key, retry=patient) as recipient:
            (item,) = await recipient.inbox(wait=20)
            content = await recipient.delivery_content(item.id, tmp_path / "package.edxml")
            concluded = await recipient.acknowledge(item.id)
    finally:
        is_over.set()
    print(f"longest wait for /livez: {await alive * 1000:.0f} ms; peak memory {peak_memory(hub.pid) / MIB:.0f} MiB")
    assert package.stat().st_size >= 50_000_000
    assert content.sha256 == hashlib.sha256(package.read_bytes()).hexdigest() == submitted.package.sha256
    assert concluded.delivery.state == "handed_over"
    assert peak_memory(hub.pid) < 700 * MIB


def test_sixty_megabytes(hub, demo):
    """A package of 60 MB is refused with 413 before it is read: the answer comes while nearly all of it is unsent."""
    head = (
        f"POST /v1/packages HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\nAuthorization: Bearer {demo.sender.api_key}\r\n"
        "Content-Type: application/edxml+xml\r\nContent-Length: 60000000\r\n\r\n<?xml"
    )
    with socket.create_connection(("127.0.0.1", hub.port), timeout=30) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65_536)
    assert answer.split(b"\r\n")[0] == b"HTTP/1.1 413 Request Entity Too Large"
    assert b"urn:axis:problem:" in answer


def test_sixty_megabytes_of_unstated_length(hub, demo):
    """A body of unstated length is answered with 413 soon after the limit, and not only at its end."""
    head = (
        f"POST /v1/packages HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\nAuthorization: Bearer {demo.sender.api_key}\r\n"
        "Content-Type: application/edxml+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"%x\r\n%s\r\n" % (MIB, b" " * MIB)
    sent = 0
    with (
        socket.create_connection(("127.0.0.1", hub.port), timeout=30) as connection,
        selectors.DefaultSelector() as coming,
    ):
        coming.register(connection, selectors.EVENT_READ)
        connection.sendall(head.encode())
        while sent < 80 and not coming.select(0):
            connection.sendall(chunk)
            sent += 1
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert sent < 80
