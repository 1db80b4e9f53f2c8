"""Row 45 of the bad inputs: a hub at its own limit says so at once, and keeps what it has accepted."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from tests.integration.http.client import Answer, Api
from tests.integration.http.conftest import B, World
from tests.integration.http.test_limits import world_of
from tests.support.hub import HubProcess

MOST_WAITING = 5
#: A queue of work with few places; what waits in it may wait for long.
NARROW = {"AXIS_STORAGE__MAX_PENDING": str(MOST_WAITING), "AXIS_STORAGE__MAX_WAIT": "60"}
#: A queue of work in which nothing may wait for long.
HASTY = {"AXIS_STORAGE__MAX_WAIT": "0.2"}


@contextmanager
def running(folder, environment: dict[str, str]) -> Iterator[World]:
    hub = HubProcess.create(folder, environment).start()
    try:
        yield world_of(hub)
    finally:
        hub.stop()


@contextmanager
def slow_store(world: World) -> Iterator[None]:
    """Hold the lock that every writer needs: nothing can be committed meanwhile."""
    connection = sqlite3.connect(world.hub.folder / "data/axis.db", isolation_level=None, timeout=20.0)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def posted(pool: ThreadPoolExecutor, world: World, packages: list[bytes]) -> list[Future[Answer]]:
    return [pool.submit(world.api().submit, each) for each in packages]


def until_all_wait_or_are_refused(answers: list[Future[Answer]]) -> None:
    """Wait until no more are unanswered than there are places, in the queue and before it."""
    while sum(not each.done() for each in answers) > 2 * MOST_WAITING + 8:
        time.sleep(0.01)


def in_the_end(world: World, package: bytes) -> Answer:
    """Hand in a package, again when the hub asks for it: it may be busy still with what it accepted."""
    while (answer := world.api().submit(package)).status == 503:
        time.sleep(int(answer.headers["Retry-After"]))
    return answer


def inbox_of_b(api: Api, expected: int) -> Counter[str]:
    """Collect until so many packages have come, and once more."""
    arrived: Counter[str] = Counter()
    while len(arrived) < expected:
        arrived.update(each["package_id"] for each in api.get("/v1/inbox?wait=20&limit=200").json["items"])
    arrived.update(each["package_id"] for each in api.get("/v1/inbox?limit=200").json["items"])
    return arrived


@pytest.fixture
def narrow(tmp_path) -> Iterator[World]:
    with running(tmp_path / "hub", NARROW) as world:
        yield world


def test_row_45_the_queue_of_work_is_full(narrow):
    """Row 45: while the store is slow and every place for work is taken, a package gets 503 overloaded and Retry-After."""
    packages = [narrow.signed() for _ in range(30)]
    with ThreadPoolExecutor(30) as pool:
        with slow_store(narrow):
            answers = posted(pool, narrow, packages)
            until_all_wait_or_are_refused(answers)
            refused = [each.result() for each in answers if each.done()]
            assert narrow.api().get("/livez").status == 200
        accepted = [each.result() for each in answers if each.result().status == 201]
    assert {each.status for each in refused} == {503}
    assert {each.code for each in refused} == {"overloaded"}
    assert all(int(each.headers["Retry-After"]) >= 1 for each in refused)
    assert accepted


def test_row_45_accepted_ones_are_kept(narrow):
    """Row 45: what was accepted arrives, once; of what got 503 nothing is there, and sent again it is accepted."""
    packages = [narrow.signed() for _ in range(30)]
    with ThreadPoolExecutor(30) as pool:
        with slow_store(narrow):
            answers = posted(pool, narrow, packages)
            until_all_wait_or_are_refused(answers)
        first = [each.result() for each in answers]
    assert {each.status for each in first} == {201, 503}
    accepted = {each.json["id"] for each in first if each.status == 201}
    listed = {each["id"] for each in narrow.api().get("/v1/packages?limit=200").json["items"]}
    assert listed == accepted
    again = [in_the_end(narrow, each) for each, answer in zip(packages, first, strict=True) if answer.status == 503]
    assert {each.status for each in again} == {201}
    sent = accepted | {each.json["id"] for each in again}
    assert inbox_of_b(narrow.api(B), len(sent)) == Counter(dict.fromkeys(sent, 1))


def test_row_45_nobody_waits_for_long(tmp_path):
    """Row 45: when what waits for the store has waited too long, a new package is refused although there are places."""
    with running(tmp_path / "hub", HASTY) as world, ThreadPoolExecutor(20) as pool:
        waiting: list[Future[Answer]] = []
        with slow_store(world):
            refused = answered_at_once(pool, world, waiting)
        answers = [each.result() for each in waiting]
    assert (refused.status, refused.code) == (503, "overloaded")
    assert {each.status for each in answers} <= {201}


def answered_at_once(pool: ThreadPoolExecutor, world: World, waiting: list[Future[Answer]]) -> Answer:
    """Send one package after the other until one is answered while nothing can be written; the others go to `waiting`."""
    for _ in range(20):
        (sent,) = posted(pool, world, [world.signed()])
        with suppress(TimeoutError):
            return sent.result(timeout=2.0)
        waiting.append(sent)
    raise AssertionError("all wait")
