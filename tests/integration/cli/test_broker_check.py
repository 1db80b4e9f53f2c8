"""What `axis doctor` says of RabbitMQ."""

import time

import pytest

from tests.integration.deployment.fronts import CONFIG
from tests.services.rabbitmq import RabbitNode

LIMITS = ("max_message_size", "channel_max", "consumer_timeout")
NOBODY = "amqp://guest:guest@127.0.0.1:9/"  # the port `discard`, where nothing listens


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A node with the configuration that the project gives for it, but for the space that this machine may not have."""
    made = RabbitNode(tmp_path_factory.mktemp("configured"))
    given = (CONFIG / "rabbitmq.conf").read_text(encoding="utf-8")
    assert "disk_free_limit.absolute = 2GB" in given
    with (made.folder / "rabbitmq.conf").open("a", encoding="utf-8") as own:
        own.write(given.replace("disk_free_limit.absolute = 2GB", "disk_free_limit.absolute = 100MB"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def look(axis, folder, monkeypatch):
    """Return what the doctor finds about the broker: the levels, and all its words."""

    def find(url):
        monkeypatch.setenv("AXIS_BROKER__URL", url)
        findings = axis("doctor", "--config", folder / "axis.toml", "--json")[1]
        found = [each for each in findings if each["name"] == "broker"]
        return [each["level"] for each in found], " ".join(f"{each['detail']} {each['fix']}" for each in found)

    return find


@pytest.fixture
def limited(node):
    """Give the node another limit for the length of a test."""
    before = {name: node.evaluate(f"rabbit_misc:get_env(rabbit, {name}, none)") for name in LIMITS}
    yield lambda name, value: node.evaluate(f"application:set_env(rabbit, {name}, {value})")
    for name, value in before.items():
        node.evaluate(f"application:set_env(rabbit, {name}, {value})")


def test_the_configuration_is_taken(node):
    """RabbitMQ understands every line of config/rabbitmq.conf."""
    assert [node.evaluate(f"rabbit_misc:get_env(rabbit, {name}, none)") for name in LIMITS] == [
        "2097152",
        "2047",
        "1800000",
    ]


def test_it_fits(look, node):
    """A node with the configuration that the project gives passes, and its password is not shown."""
    levels, words = look(node.url)
    assert levels == ["pass"]
    assert "guest@127.0.0.1" in words
    assert "guest:guest" not in words


def test_small_messages_only(look, node, limited):
    """A node that refuses packages of the size that the hub sends fails, with what to set."""
    limited("max_message_size", 1_000_000)
    levels, words = look(node.url)
    assert levels == ["fail"]
    assert "max_message_size = 2097152" in words


def test_few_channels(look, node, limited):
    """A node that allows fewer channels on a connection than the hub needs fails, with what to set."""
    limited("channel_max", 100)
    levels, words = look(node.url)
    assert levels == ["fail"]
    assert "channel_max = 2047" in words


def test_alarm(look, node):
    """A node that takes nothing because of an alarm fails, with what to look at."""
    node.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.0000001)")
    try:
        levels, words = look(node.url)
    finally:
        node.evaluate("vm_memory_monitor:set_vm_memory_high_watermark({absolute, 1073741824})")
        while node.evaluate("rabbit_alarm:get_alarms()") != "[]":
            time.sleep(0.1)
    assert levels == ["fail"]
    assert "check_alarms" in words


def test_nobody_there(look):
    """A broker that cannot be reached fails."""
    assert look(NOBODY)[0] == ["fail"]


def test_one_of_several(look, node):
    """Of several nodes one may be away: that is only worth a word."""
    assert look(f"{NOBODY},{node.url}")[0] == ["pass", "warn"]


@pytest.mark.parametrize(
    "url", ["nonsense", "http://127.0.0.1:9", "amqp://a:secret@127.0.0.1:x/"], ids=["none", "http", "port"]
)
def test_no_address(look, url):
    """What is no address of a broker fails, and no password is shown."""
    levels, words = look(url)
    assert levels == ["fail"]
    assert "broker.url" in words
    assert "secret" not in words


def test_no_broker(look):
    """A hub without RabbitMQ is not asked for one."""
    assert look("") == ([], "")
