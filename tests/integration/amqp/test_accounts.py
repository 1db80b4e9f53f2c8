"""Accounts of systems that consume their own queue, made by `axis`."""

import asyncio
import json
import re
import shlex

import aio_pika
import pytest
from yarl import URL

from tests.services.rabbitmq import RabbitNode
from tests.support.hub import HubProcess, axis, free_port


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A node with its management API."""
    made = RabbitNode(tmp_path_factory.mktemp("managed"), plugins=("rabbitmq_management",))
    yield made.start()
    made.stop()


@pytest.fixture(scope="module")
def management(node):
    return f"http://guest:guest@127.0.0.1:{node.management_port}"


@pytest.fixture(scope="module")
def hub(node, management, tmp_path_factory):
    """A demo hub that was founded with RabbitMQ."""
    folder = tmp_path_factory.mktemp("accounts") / "hub"
    axis("init", str(folder), "--demo", "--broker-url", node.url, "--management-url", management)
    process = HubProcess(folder, free_port())
    yield process.start()
    process.stop()


def rights(node, user):
    """What a user may configure, write and read."""
    for line in node.ctl("list_permissions").splitlines():
        name, *allowed = line.split("\t")
        if name == user:
            return allowed
    return None


async def consumes(url, password, queues):
    """Wait until an account can read these queues."""
    address = str(URL(url).with_password(password))
    while True:
        try:
            connection = await aio_pika.connect(address)
            async with connection:
                for name in queues:
                    channel = await connection.channel()
                    await (await channel.get_queue(name, ensure=False)).get(fail=False)
                return
        except aio_pika.exceptions.ChannelNotFoundEntity:  # the hub makes the queues within seconds
            await asyncio.sleep(0.2)


async def test_the_demo_has_a_system_that_consumes(hub, node):
    """A demo with RabbitMQ has a system bound amqp, whose account in credentials.json reads its two queues and nothing else."""
    (system,) = (each for each in hub.credentials["systems"] if each["binding"] == "amqp")
    assert system["agencies"]
    queues = [f"axis.{system['id']}.urgent", f"axis.{system['id']}.normal"]
    await consumes(system["url"], system["secret"], queues)
    configure, write, read = rights(node, system["id"])
    assert (configure, write) == ("^$", r"^axis\.acknowledgements$")
    assert all(re.search(read, name) for name in queues)
    assert not re.search(read, queues[0] + "x")


async def test_added_by_the_management_api(hub, node):
    """`axis system add --binding amqp` makes the account and shows its password once; the queues are there soon after."""
    said = axis("system", "add", "moi", "--name", "Mới", "--binding", "amqp", "--config", str(hub.config)).stdout
    password = said.splitlines()[-1]
    assert "rabbitmqctl" not in said
    url = next(word for word in said.split() if word.startswith("amqp://"))
    await consumes(url, password, ["axis.moi.urgent", "axis.moi.normal"])
    changed = axis("system", "change", "moi", "--new-secret", "--config", str(hub.config)).stdout.splitlines()[-1]
    assert changed != password
    await consumes(url, changed, ["axis.moi.urgent"])


async def test_a_suspended_account_is_shut_out(hub, node):
    """Suspending a system ends its connections at the broker and lets it in no more, until it is resumed."""
    said = axis("system", "add", "ngung", "--name", "Ngừng", "--binding", "amqp", "--config", str(hub.config)).stdout
    password, queues = said.splitlines()[-1], ["axis.ngung.urgent", "axis.ngung.normal"]
    url = next(word for word in said.split() if word.startswith("amqp://"))
    await consumes(url, password, queues)
    connection = await aio_pika.connect(str(URL(url).with_password(password)))
    closed = asyncio.Event()
    connection.close_callbacks.add(lambda *_: closed.set())
    assert "rabbitmqctl" not in axis("system", "suspend", "ngung", "--config", str(hub.config)).stdout
    await asyncio.wait_for(closed.wait(), 30)
    with pytest.raises(aio_pika.exceptions.AMQPError):
        await aio_pika.connect(str(URL(url).with_password(password)))
    axis("system", "resume", "ngung", "--config", str(hub.config))
    await consumes(url, password, queues)


def test_suspended_by_commands(hub, node, monkeypatch):
    """Without the management API the commands that close an account, and open it again, are printed and do the same."""
    add = ("system", "add", "dong", "--name", "Đóng", "--binding", "amqp", "--config", str(hub.config))
    axis(*add)
    allowed = rights(node, "dong")
    monkeypatch.setenv("AXIS_BROKER__MANAGEMENT_URL", "")
    for done, found in (("suspend", None), ("resume", allowed)):
        said = axis("system", done, "dong", "--config", str(hub.config)).stdout
        for _, *arguments in (shlex.split(line) for line in said.splitlines() if line.startswith("rabbitmqctl ")):
            node.ctl(*arguments)
        assert rights(node, "dong") == found


def test_added_by_commands(hub, node, monkeypatch):
    """Without the management API the commands are printed, and do the same."""
    monkeypatch.setenv("AXIS_BROKER__MANAGEMENT_URL", "")
    said = axis("system", "add", "tay", "--name", "Tay", "--binding", "amqp", "--config", str(hub.config)).stdout
    commands = [shlex.split(line) for line in said.splitlines() if line.startswith("rabbitmqctl ")]
    assert len(commands) == 2
    for _, *arguments in commands:
        node.ctl(*arguments)
    assert rights(node, "tay")[1] == r"^axis\.acknowledgements$"
    assert said.splitlines()[-1] == commands[0][-1]


def test_a_management_api_that_is_away(hub, monkeypatch):
    """A management API that does not answer is said, and the commands are printed instead."""
    monkeypatch.setenv("AXIS_BROKER__MANAGEMENT_URL", f"http://guest:guest@127.0.0.1:{free_port()}")
    said = axis("system", "add", "vang", "--name", "Vắng", "--binding", "amqp", "--config", str(hub.config)).stdout
    assert "rabbitmqctl add_user vang" in said


def test_no_broker_no_account(tmp_path):
    """Without RabbitMQ no system can be bound amqp."""
    axis("init", str(tmp_path / "hub"))
    config = str(tmp_path / "hub" / "axis.toml")
    done = axis("system", "add", "moi", "--name", "Mới", "--binding", "amqp", "--config", config, check=False)
    assert done.returncode == 2
    assert "broker.url" in done.stderr
    assert json.loads(axis("system", "list", "--config", config, "--json").stdout) == []


async def test_dead_letters(hub, node):
    """Row 56: `axis queue letters` shows what was put aside with its reason, as often as it is asked, until it is purged."""
    (system,) = (each for each in hub.credentials["systems"] if each["binding"] == "amqp")
    await consumes(system["url"], system["secret"], [])
    connection = await aio_pika.connect(str(URL(system["url"]).with_password(system["secret"])))
    async with connection:
        exchange = await (await connection.channel()).get_exchange("axis.acknowledgements", ensure=False)
        await exchange.publish(aio_pika.Message(b"{}", user_id=system["id"]), "")
    for _ in range(2):
        letters = ()
        while not letters:
            letters = json.loads(axis("queue", "letters", "--config", str(hub.config), "--json").stdout)
        (letter,) = letters
        assert (letter["queue"], letter["user"], letter["text"]) == ("axis.acknowledgements", system["id"], "{}")
        assert letter["reason"].startswith("json-invalid")
    assert "1" in axis("queue", "letters", "--purge", "--config", str(hub.config)).stdout
    assert json.loads(axis("queue", "letters", "--config", str(hub.config), "--json").stdout) == []


async def test_a_new_password_opens_nothing(hub, node):
    """A suspended system that gets a new password stays shut out; resumed, it is let in with it."""
    add = axis(
        "system", "add", "moi-mat-khau", "--name", "Mới", "--binding", "amqp", "--config", str(hub.config)
    ).stdout
    url = next(word for word in add.split() if word.startswith("amqp://"))
    axis("system", "suspend", "moi-mat-khau", "--config", str(hub.config))
    said = axis("system", "change", "moi-mat-khau", "--new-secret", "--config", str(hub.config)).stdout
    assert rights(node, "moi-mat-khau") is None
    axis("system", "resume", "moi-mat-khau", "--config", str(hub.config))
    await consumes(url, said.splitlines()[-1], ["axis.moi-mat-khau.urgent"])
