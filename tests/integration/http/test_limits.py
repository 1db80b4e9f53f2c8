"""Rows 44 to 46 of the bad inputs: what one caller may ask for, and that its haste harms no other."""

from __future__ import annotations

import asyncio
import os
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from adapters.storage.opening import open_storage
from hub.compose import located
from hub.configuration import load
from hub.limits import SystemLimits
from hub.settings import LimitSettings
from schemas.edxml.compose import NewFile
from signing.keys import load_certificates, load_private_key
from signing.lab import Identity
from tests.integration.http.client import Answer, Api
from tests.integration.http.conftest import A, B, World
from tests.support.hub import HubProcess
from tests.support.two_hubs import eventually

FAST = SystemLimits(requests_per_second=10_000, burst=10_000)
#: Ten requests at once, ten more each second.
SLOW = {"AXIS_LIMITS__REQUESTS_PER_SECOND": "10", "AXIS_LIMITS__BURST": "10"}


@pytest.fixture(scope="module")
def limited(tmp_path_factory) -> Iterator[World]:
    """A demo hub with narrow limits, of which B is granted wider ones."""
    hub = HubProcess.create(tmp_path_factory.mktemp("limited") / "hub", SLOW)
    asyncio.run(grant(hub, {B: FAST}))
    hub.start()
    yield world_of(hub)
    hub.stop()


@pytest.fixture(scope="module")
def roomy(tmp_path_factory) -> Iterator[World]:
    """A demo hub with the usual limits."""
    hub = HubProcess.create(tmp_path_factory.mktemp("roomy") / "hub")
    hub.start()
    yield world_of(hub)
    hub.stop()


@pytest.fixture
def narrow(tmp_path) -> Iterator[World]:
    """A demo hub that A may fill with 40,000 bytes only."""
    hub = HubProcess.create(tmp_path / "hub")
    asyncio.run(grant(hub, {A: SystemLimits(stored_bytes=40_000)}))
    hub.start()
    yield world_of(hub)
    hub.stop()


def world_of(hub: HubProcess) -> World:
    said = hub.credentials
    signers = {
        each["code"]: Identity(
            load_private_key((hub.folder / each["key"]).read_bytes()),
            load_certificates((hub.folder / each["certificate"]).read_bytes()),
        )
        for each in said["agencies"]
        if each["code"] in {"H99.01", "H99.02"}
    }
    return World(hub, {each["id"]: each["api_key"] for each in said["systems"]}, signers, {})


async def grant(hub: HubProcess, granted: dict[str, SystemLimits]) -> None:
    settings, base_dir = load(hub.config)
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        for system_id, limits in granted.items():
            await storage.registers.set_limits(system_id, limits)


def at_once(count: int, ask: Any) -> list[Answer]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: ask(), range(count)))


def rest() -> None:
    """Let a bucket of ten fill again."""
    time.sleep(1.6)


def test_row_44_burst(limited):
    """Row 44: of a burst over the rate, what the limits allow is served; the rest gets 429 and when to come again."""
    rest()
    answers = at_once(40, lambda: limited.api().get("/v1/agencies"))
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {200, 429}
    assert 10 <= statuses.count(200) <= 30
    for refused in (answer for answer in answers if answer.status == 429):
        assert refused.code == "rate-limited"
        assert int(refused.headers["Retry-After"]) >= 1


def test_row_44_accepted_ones_are_kept(limited):
    """Row 44: of a burst of packages, each accepted one is kept, each refused one can be sent again and is then accepted."""
    rest()
    packages = [limited.signed() for _ in range(30)]
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda package: limited.api().submit(package), packages))
    assert {answer.status for answer in answers} == {201, 429}
    rest()
    for package, answer in zip(packages, answers, strict=True):
        if answer.status == 429:
            time.sleep(0.11)
        again = limited.api().submit(package)
        assert again.status == (200 if answer.status == 201 else 201)
        if answer.status == 201:
            assert again.json == answer.json
            time.sleep(0.11)


def test_row_44_others_are_not_limited(limited):
    """Row 44: while one caller is being refused, others are served, and a system may be granted more than is usual."""
    stop = threading.Event()

    def flood() -> None:
        while not stop.is_set():
            limited.api().get("/v1/agencies")

    with ThreadPoolExecutor(20) as pool:
        for _ in range(20):
            pool.submit(flood)
        try:
            answers = [limited.api(B).get("/v1/agencies") for _ in range(30)]
        finally:
            stop.set()
    assert {answer.status for answer in answers} == {200}


def test_ratelimit_fields(limited):
    """Every answer to a limited caller says what the limit is and what is left of it."""
    answer = limited.api(B).get("/v1/agencies")
    assert answer.headers["RateLimit-Policy"] == '"caller";q=10000;w=1'
    assert re.fullmatch(r'"caller";r=99\d\d;t=1', answer.headers["RateLimit"])
    rest()
    refused = next(each for each in at_once(40, lambda: limited.api().get("/v1/agencies")) if each.status == 429)
    assert refused.headers["RateLimit-Policy"] == '"caller";q=10;w=1'
    assert re.fullmatch(r'"caller";r=0;t=\d+', refused.headers["RateLimit"])


def test_ratelimit_fields_beside_streams(roomy):
    """A streamed answer carries the fields, too."""
    scan = NewFile("ban-quet.bin", b"\0" * 100_000)
    package = roomy.signed(sender="H99.02", signer="H99.02", recipients=["H99.01"], files=[scan])
    accepted = roomy.api(B).submit(package).json
    answer = roomy.api(B).get(f"/v1/packages/{accepted['id']}/content")
    assert answer.status == 200
    assert "RateLimit" in answer.headers
    assert "Trace-Id" in answer.headers


def test_public_routes_are_not_counted(limited):
    """Whoever watches the hub is not a caller: its routes have no such limit."""
    answers = at_once(60, lambda: limited.api(None).get("/livez"))
    assert {answer.status for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


def test_row_46_quota(narrow):
    """Row 46: when a system has used up its room, its packages are refused and leave nothing; others send on."""
    statuses = []
    for _ in range(20):
        answer = narrow.api().submit(narrow.signed())
        statuses.append(answer.status)
        if answer.status == 403:
            assert answer.code == "quota-exceeded"
            assert "receipt" not in answer.json
    assert statuses[0] == 201
    assert statuses[-1] == 403
    assert sorted(statuses) == statuses
    other = narrow.api(B).submit(narrow.signed(sender="H99.02", signer="H99.02", recipients=["H99.01"]))
    assert other.status == 201
    items = narrow.api().get("/v1/packages?limit=200").json["items"]
    assert sum(each["size"] for each in items) <= 40_000
    assert narrow.api().get("/v1/refusals").json["items"] == []


def test_row_46_at_once(tmp_path):
    """Row 46: packages that come at the same time fill the room and do not exceed it; those refused leave nothing."""
    hub = HubProcess.create(tmp_path / "hub", {"AXIS_LIMITS__STORED_BYTES": "20000"}).start()
    try:
        world = world_of(hub)
        packages = [world.signed() for _ in range(12)]
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda package: world.api().submit(package), packages))
        assert {answer.code for answer in answers if answer.status != 201} == {"quota-exceeded"}
        taken = [answer.json["size"] for answer in answers if answer.status == 201]
        assert sum(taken) <= 20_000 < sum(taken) + min(map(len, packages))
        assert world.api().get("/v1/refusals").json["items"] == []
    finally:
        hub.stop()


def test_row_46_repeat(roomy):
    """Row 46: what was accepted before the room was used up is not refused when it is repeated."""
    ours = {"sender": "H99.02", "signer": "H99.02", "recipients": ["H99.01"]}
    package = roomy.signed(**ours)
    first = roomy.api(B).submit(package)
    assert first.status == 201, first.body
    asyncio.run(grant(roomy.hub, {B: SystemLimits(stored_bytes=1)}))
    try:
        assert eventually(lambda: roomy.api(B).submit(roomy.signed(**ours)).status == 403)
        again = roomy.api(B).submit(package)
        assert (again.status, again.body) == (200, first.body)
    finally:
        asyncio.run(grant(roomy.hub, {B: SystemLimits()}))
        eventually(lambda: roomy.api(B).submit(roomy.signed(**ours)).status == 201)


def test_row_46_quota_outlives_a_restart(narrow):
    """Row 46: what is stored is counted, not remembered: a restart makes no room."""
    while narrow.api().submit(narrow.signed()).status == 201:
        pass
    narrow.hub.stop()
    narrow.hub.start()
    assert narrow.api().submit(narrow.signed()).code == "quota-exceeded"


def test_one_floods(roomy):
    """While many clients of one system send without pause, another's packages are taken in and arrive."""
    flood = [roomy.signed() for _ in range(40)]
    stop = threading.Event()
    got: list[int] = []

    def client(first: int) -> None:
        place = first
        while not stop.is_set():
            got.append(Api(roomy.hub.port, roomy.keys["H99.05"]).submit(flood[place % 40]).status)
            place += 1

    quiet = [roomy.signed(sender="H99.02", signer="H99.02", recipients=["H99.01"]) for _ in range(10)]
    with ThreadPoolExecutor(24) as pool:
        for first in range(24):
            pool.submit(client, first)
        try:
            sent = {roomy.api(B).submit(each).json["id"] for each in quiet}
            arrived: set[str] = set()
            for _ in range(20):
                items = roomy.api(A).get("/v1/inbox?wait=1&limit=200&lease=1").json["items"]
                arrived |= {each["package_id"] for each in items}
                if sent <= arrived:
                    break
        finally:
            stop.set()
    assert len(sent) == 10
    assert sent <= arrived
    assert got


def test_row_44_too_many_wait_for_a_place(tmp_path):
    """Row 44: of one system, so many submissions are examined at once and so many wait; more are told to come again."""
    narrow = {"AXIS_LIMITS__CONCURRENT_SUBMISSIONS": "1", "AXIS_LIMITS__WAITING_SUBMISSIONS": "1"}
    hub = HubProcess.create(tmp_path / "hub", narrow).start()
    try:
        world = world_of(hub)
        packages = [world.signed(files=[NewFile("so.bin", os.urandom(1_000_000))]) for _ in range(12)]
        with ThreadPoolExecutor(12) as pool:
            hub.freeze()  # so that all are there when it looks
            answering = [pool.submit(world.api().submit, package) for package in packages]
            time.sleep(1.0)
            hub.thaw()
            answers = [each.result() for each in answering]
    finally:
        hub.stop()
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {201, 429}
    assert {answer.code for answer in answers if answer.status == 429} == {"rate-limited"}


def test_usual_limits_are_wide():
    """The usual limits are beyond what one process can answer, so they hinder nobody who is not meant."""
    usual = LimitSettings()
    assert usual.requests_per_second >= 2000
    assert usual.burst >= 10_000
    assert usual.stored_bytes == 0


def test_wrong_keys_again_and_again(tmp_path):
    """Row 27: after some wrong keys in a minute an address gets 429 for more of them, while right keys are let in from it."""
    hub = HubProcess.create(tmp_path / "hub", {"AXIS_LIMITS__FAILED_LOGINS_PER_MINUTE": "3"})
    hub.start()
    try:
        world = world_of(hub)
        wrong = Api(hub.port, "axk_nobody_nothing")
        answers = [wrong.get("/v1/inbox") for _ in range(5)]
        assert [answer.status for answer in answers] == [401, 401, 401, 429, 429]
        assert answers[-1].json["type"] == "urn:axis:problem:rate-limited"
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert world.api(A).get("/v1/inbox").status == 200
        assert Api(hub.port, None).get("/v1/inbox").status == 401
        assert re.search(r"^axis_strangers 1\.0$", Api(hub.port, None).get("/metrics").body.decode(), re.MULTILINE)
    finally:
        hub.stop()
