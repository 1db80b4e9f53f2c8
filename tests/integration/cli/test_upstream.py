"""Entering another axis, and changing what is known of it."""

import asyncio

import pytest

from adapters.cli.main import main
from adapters.storage.opening import open_storage
from adapters.trust.locker import FileLocker
from hub.compose import located
from hub.configuration import load
from hub.upstreams import Upstream


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("upstream") / "hub"
    assert main(["init", str(folder)]) == 0
    return folder / "axis.toml"


@pytest.fixture
def secret(tmp_path):
    """A file with a secret, as an operator got it."""
    path = tmp_path / "secret"
    path.write_text("khóa bí mật\n", "utf-8")
    return path


def add(config, id, *more):
    return ("system", "add", id, "--name", "Trục", "--binding", "upstream", "--config", config, *more)


def whole(secret):
    return ("--url", "https://10.1.2.3/vxp", "--system-id", "H37", "--secret-file", secret)


def stored(config, id) -> Upstream:
    async def read() -> Upstream:
        settings, base_dir = load(config)
        async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
            return (await storage.registers.load_register()).upstreams[id]

    return asyncio.run(read())


def opened(config, axis_of: Upstream) -> str:
    settings, base_dir = load(config)
    return FileLocker(base_dir / settings.trust.secrets_key).open(axis_of.sealed, axis_of.purpose)


def test_added_and_shown(axis, config, secret):
    """Address, own id and reach are shown; the secret is sealed and never shown. Its policy is transport."""
    assert axis(*add(config, "up", *whole(secret), "--reaches", "*", "--reaches", "G22"))[0] == 0
    code, shown, _ = axis("system", "upstream", "up", "--config", config, "--json")
    assert code == 0
    assert shown == {"url": "https://10.1.2.3/vxp", "system_id": "H37", "reaches": ["*", "G22"]}
    system = axis("system", "show", "up", "--config", config, "--json")[1]["system"]
    assert (system["binding"], system["policy"]) == ("upstream", "transport")
    assert opened(config, stored(config, "up")) == "khóa bí mật"


def test_what_is_given_changes_and_the_rest_stays(axis, config, secret):
    """A new secret leaves address and reach; a new reach leaves the secret."""
    assert axis(*add(config, "change", *whole(secret), "--reaches", "*"))[0] == 0
    secret.write_text("mới", "utf-8")
    change = ("system", "upstream", "change", "--config", config)
    assert axis(*change, "--secret-file", secret)[0] == 0
    assert axis(*change, "--reaches", "H40")[0] == 0
    assert axis(*change, "--json")[1]["reaches"] == ["H40"]
    kept = stored(config, "change")
    assert (kept.url, opened(config, kept)) == ("https://10.1.2.3/vxp", "mới")


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--url", "https://truc.example"),
        ("--url", "ftp://truc.example", "--system-id", "H37", "--secret-file", "SECRET"),
        ("--url", "https://truc.example", "--system-id", "H37", "--secret-file", "/nonexistent"),
        ("--url", "https://truc.example", "--system-id", "H37", "--secret-file", "SECRET", "--reaches", "G 22"),
    ],
    ids=["nothing", "half", "scheme", "no-file", "prefix"],
)
def test_what_cannot_be_is_a_usage_error(axis, config, secret, more):
    """What is missing or malformed is said before anything is stored."""
    more = [secret if each == "SECRET" else each for each in more]
    assert axis(*add(config, "bad", *more))[0] == 2
    assert axis("system", "show", "bad", "--config", config)[0] == 1


def test_an_empty_secret_is_none(axis, config, secret):
    """A file without a secret is refused."""
    secret.write_text("\n")
    assert axis(*add(config, "bad", *whole(secret)))[0] == 2


def test_only_an_upstream_has_an_axis(axis, config, secret):
    """Other bindings take no such options, and have nothing to show."""
    code, _, _ = axis("system", "add", "p", "--name", "x", "--config", config, *whole(secret))
    assert code == 2
    assert axis("system", "add", "p", "--name", "x", "--config", config)[0] == 0
    assert axis("system", "upstream", "p", "--config", config)[0] == 1
