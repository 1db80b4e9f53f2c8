"""`axis serve --workers 2`: several processes on one port."""

import time
import urllib.request

import psutil
import pytest

from tests.integration.postgresql.hub import LIMIT, ManyWorkers, create, exchange
from tests.support.hub import axis, free_port


@pytest.fixture
def many(settings, tmp_path):
    hub, keys = create(ManyWorkers, settings.url, tmp_path / "hub")
    yield hub.start(), keys
    hub.kill()


def workers(hub):
    """The processes of a hub that listen on its port."""
    found = psutil.Process(hub.pid).children()
    return [
        each
        for each in found
        if any(one.laddr.port == hub.port for one in each.net_connections() if one.status == "LISTEN")
    ]


def until_two_listen(hub):
    deadline = time.monotonic() + LIMIT
    while len(found := workers(hub)) != 2:
        assert time.monotonic() < deadline, hub.log.read_text(errors="replace")[-4000:]
        time.sleep(0.1)
    return found


async def test_workers_are_one_hub_and_one_that_dies_is_replaced(many):
    """Row 55: a worker that the kernel kills (no memory) is replaced, the others serve on; SIGTERM ends all with exit code 0."""
    hub, keys = many
    first = until_two_listen(hub)
    for number in range(4):
        await exchange(hub, hub, keys, str(number))
    first[0].kill()
    psutil.wait_procs(first[:1], timeout=LIMIT)
    assert first[0] not in until_two_listen(hub)
    await exchange(hub, hub, keys, "4")
    assert hub.stop() == 0
    assert not any(each.is_running() for each in first)


def test_each_worker_has_a_port_of_its_own(settings, tmp_path):
    """With `listen.worker_port` each process answers those who watch it on a port of its own, and says which it is."""
    first = free_port(2)
    hub, _ = create(ManyWorkers, settings.url, tmp_path / "hub")
    hub = ManyWorkers(hub.folder, hub.port, {"AXIS_LISTEN__WORKER_PORT": str(first)})
    try:
        hub.start()
        until_two_listen(hub)
        for number in range(2):
            assert f'axis_process{{role="all",worker="{number}"}} 1.0' in metrics(first + number)
    finally:
        hub.kill()


def metrics(port):
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


async def test_workers_follow_their_parent(many):
    """When the parent is killed its workers stop by themselves, and give the port back."""
    hub, _ = many
    found = until_two_listen(hub)
    hub.kill()
    gone, alive = psutil.wait_procs(found, timeout=LIMIT)
    assert (len(gone), alive) == (2, [])


def test_workers_that_cannot_run_are_not_started_again(settings, tmp_path):
    """A configuration that no worker can run with ends the command with 2 and a sentence, as it does with one process."""
    hub, _ = create(ManyWorkers, settings.url, tmp_path / "hub")
    (hub.folder / "pki" / "hub.key.pem").write_text("no key", encoding="ascii")
    done = axis("serve", "--config", str(hub.config), "--port", str(hub.port), "--workers", "2", check=False)
    assert done.returncode == 2
    assert "hub.key.pem" in done.stderr
    assert "Traceback" not in done.stderr


def test_workers_have_no_unix_socket(settings, tmp_path):
    """Several processes cannot share a unix socket: asked to, the command ends with 2 and names the setting."""
    hub, _ = create(ManyWorkers, settings.url, tmp_path / "hub")
    told = hub.environment | {"AXIS_LISTEN__UNIX_SOCKET": str(tmp_path / "axis.sock")}
    serve = ("serve", "--config", str(hub.config), "--port", str(hub.port), "--workers", "2")
    done = axis(*serve, check=False, environment=told)
    assert done.returncode == 2
    assert "listen.unix_socket" in done.stderr
