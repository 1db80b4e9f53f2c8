"""`axis serve --role`: a hub in parts, on one database."""

import asyncio
import urllib.request

import pytest

from adapters.client import open_client
from tests.integration.postgresql.hub import RECIPIENT, SENDER, PatientHub, create, document
from tests.support.hub import axis, free_port


class Api(PatientHub):
    """A process that answers callers only."""

    options = ("--role", "api")


class Courier(PatientHub):
    """A process that carries only."""

    options = ("--role", "courier")


@pytest.fixture
def parts(settings, tmp_path):
    """An API process, a courier that is not started yet, and the keys of two systems."""
    api, keys = create(Api, settings.url, tmp_path / "hub")
    courier = Courier(api.folder, free_port())
    api.start().wait_for("/readyz")
    yield api, courier, keys
    for each in (api, courier):
        each.kill()


def metrics(hub):
    with urllib.request.urlopen(f"{hub.url}/metrics", timeout=10) as answer:
        return answer.read().decode()


async def test_api_accepts_and_the_courier_carries(parts):
    """What an `api` process accepted waits until a `courier` runs; that one's commit wakes whoever waits at the first."""
    api, courier, keys = parts
    async with open_client(api.url, keys[SENDER]) as sender, open_client(api.url, keys[RECIPIENT]) as recipient:
        package = (await sender.submit(document("1"))).package
        assert await recipient.inbox(wait=2) == ()
        assert [each.state for each in (await sender.package(package.id)).deliveries] == ["accepted"]
        waiting = asyncio.create_task(recipient.inbox(wait=20))
        await asyncio.to_thread(courier.start)
        (item,) = await waiting
        assert item.package_id == package.id
    assert (courier.stop(), api.stop()) == (0, 0)


def test_courier_answers_only_those_who_watch_it(parts):
    """A courier serves no callers, but says whether it is ready; metrics say which part of the hub answered."""
    api, courier, keys = parts
    courier.start().wait_for("/readyz")
    status, problem = courier.ask("/v1/inbox", keys[RECIPIENT])
    assert (status, problem["type"]) == (404, "urn:axis:problem:not-found")
    assert courier.ask("/livez") == (200, {"status": "alive"})
    assert 'axis_process{role="courier",worker="0"} 1.0' in metrics(courier)
    assert 'axis_process{role="api",worker="0"} 1.0' in metrics(api)


def test_console_is_not_there_yet(settings, tmp_path):
    """`--role console` ends with 2 and says that this release has none."""
    hub, _ = create(PatientHub, settings.url, tmp_path / "hub")
    done = axis("serve", "--config", str(hub.config), "--role", "console", check=False)
    assert done.returncode == 2
    assert "not part of this release" in done.stderr
