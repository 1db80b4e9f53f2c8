"""`python -m bench.polls`: many clients of the national SDK poll an empty in-tray every second and never close a connection.

Prints what the hub needs for that: its share of one core, the sockets that it holds, and how long an answer takes. The load
comes from this process; the polls are byte-identical, as the SDK's are.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from msgspec import Struct

from adapters.vxp.signature import format_timestamp, signed_headers
from tests.support.vxp import A, B, C, VxpWorld, found, secret_of

_PARAMETERS = {"servicetype": "eDoc", "messagetype": "edoc", "Content-Type": "application/json"}


class Seen(Struct, frozen=True):
    """What was measured: shares of one core, in all and in the kernel; most sockets at once; seconds per answer; answers."""

    core: float
    kernel: float
    sockets: int
    median: float
    p99: float
    answers: int


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        world = found(Path(folder) / "hub", {"AXIS_LISTEN__MAX_CONNECTIONS": "4000", "AXIS_LOG__LEVEL": arguments.log})
        world.hub.start()
        try:
            seen = asyncio.run(_measure(world, arguments.clients, arguments.seconds))
        finally:
            world.hub.stop()
    print(
        f"{arguments.clients} clients, one poll a second, {seen.answers} answers in {arguments.seconds:.0f} s: "
        f"{seen.core:.1%} of one core ({seen.kernel:.1%} in the kernel), at most {seen.sockets} sockets, "
        f"answers in {seen.median * 1000:.1f} ms (median), {seen.p99 * 1000:.1f} ms (99 %)"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--log", default="info", help="the hub's log level")
    return parser.parse_args()


async def _measure(world: VxpWorld, clients: int, seconds: float) -> Seen:
    hub = psutil.Process(world.hub.pid)
    waits: list[float] = []
    until = time.monotonic() + seconds + 2
    polling = [asyncio.create_task(_poll(world, number, clients, until, waits)) for number in range(clients)]
    await asyncio.sleep(2)  # until every client has begun
    waits.clear()
    before, began = hub.cpu_times(), time.monotonic()
    sockets = 0
    while time.monotonic() - began < seconds:
        await asyncio.sleep(0.5)
        sockets = max(sockets, len(hub.net_connections("tcp")))
    after, took = hub.cpu_times(), time.monotonic() - began
    kernel = (after.system - before.system) / took
    core = kernel + (after.user - before.user) / took
    await asyncio.gather(*polling)
    ordered = sorted(waits)
    return Seen(core, kernel, sockets, ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100], len(ordered))


async def _poll(world: VxpWorld, number: int, clients: int, until: float, waits: list[float]) -> None:
    system = (A, B, C)[number % 3]
    request = _request(world, system)
    left_open = []
    await asyncio.sleep(number / clients)
    while (began := time.monotonic()) < until:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.hub.port)
        writer.write(request)
        answer = await reader.readuntil(b"}")
        if b'"OK"' not in answer:
            raise RuntimeError(answer)
        waits.append(time.monotonic() - began)
        left_open.append(writer)  # as the SDK does
        await asyncio.sleep(max(0.0, began + 1 - time.monotonic()))
    for each in left_open:
        each.close()


def _request(world: VxpWorld, system: str) -> bytes:
    parameters = {"systemid": system, "timestamp": format_timestamp(datetime.now(UTC)), **_PARAMETERS}
    fields = [("Content-Type", "application/json"), *signed_headers(parameters, secret_of(system))]
    fields += [("Content-Length", "0"), ("Host", f"127.0.0.1:{world.hub.port}"), ("Connection", "Keep-Alive")]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"POST /vxp/getReceivedEdocList HTTP/1.1\r\n{head}\r\n".encode()


if __name__ == "__main__":
    main()
