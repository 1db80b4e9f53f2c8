"""The deployment files say what the hub understands."""

import configparser
import re
import shlex

import pytest
import yaml

from adapters.cli.main import build
from hub.compose import located
from hub.configuration import load
from tests.integration.deployment.fronts import CONFIG

COMPOSE = yaml.safe_load((CONFIG / "compose.yaml").read_text("utf-8"))
HUBS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "axis-hub"}
UNITS = tuple(sorted(CONFIG.glob("*.service")))


def filled(text):
    """A value of the file as compose hands it over: variables of `.env` replaced."""
    return re.sub(r"\$\{[A-Z_]+:\?\}", "0123456789abcdef", str(text))


def test_engines():
    """PostgreSQL 17, RabbitMQ 4, three hub processes, and a front."""
    images = {name: each["image"] for name, each in COMPOSE["services"].items()}
    assert (images["database"], images["broker"]) == ("postgres:17", "rabbitmq:4")
    assert images["front"].startswith("haproxy:")
    served = [each["command"] for each in HUBS.values() if each["command"][0] == "serve"]
    assert sorted(command[command.index("--role") + 1] for command in served) == ["api", "api", "courier"]


@pytest.mark.parametrize("name", sorted(HUBS))
def test_settings_are_accepted(name, tmp_path):
    """The hub's own reader takes the environment of every hub process, on top of the default configuration."""
    environment = {key: filled(value) for key, value in HUBS[name]["environment"].items()}
    settings, _ = load(CONFIG / "axis.toml", environment)
    assert settings.listen.host == "0.0.0.0"
    assert located(settings.storage, tmp_path).url == "postgresql+psycopg://axis:0123456789abcdef@database/axis"
    assert settings.broker.url == "amqp://axis:0123456789abcdef@broker:5672/"
    front = COMPOSE["services"]["front"]["networks"]["default"]["ipv4_address"]
    assert settings.listen.trusted_proxies == (f"{front}/32",)


@pytest.mark.parametrize("name", sorted(HUBS))
def test_commands_are_understood(name):
    """What a hub process is told to do can be typed."""
    build().parse_args([filled(each) for each in HUBS[name]["command"]], exit_on_error=False, print_error=False)


def test_front_names_every_process_that_answers():
    """haproxy.cfg and compose.yaml agree about the processes that answer callers."""
    named = re.findall(r"^    server (\S+) (\S+):8080", (CONFIG / "haproxy.cfg").read_text("utf-8"), re.MULTILINE)
    answering = sorted(name for name, each in HUBS.items() if "api" in each["command"])
    assert list(dict.fromkeys(named)) == [(name, name) for name in answering]


@pytest.mark.parametrize("unit", UNITS, ids=[each.name for each in UNITS])
def test_units(unit):
    """A unit's command can be typed, and its process is bound to its own folders."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(unit.read_text("utf-8"))
    service = parser["Service"]
    started = service["ExecStart"].replace("%i", "courier").replace("${WORKERS}", "2").replace("%%", "%")
    command = shlex.split(re.search(r"/axis (.*?)'?$", started)[1])
    build().parse_args(command, exit_on_error=False, print_error=False)
    assert service["User"] == "axis"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
