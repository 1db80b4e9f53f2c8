from pathlib import Path

import pytest
from msgspec import Struct, structs

from adapters.cli.setting_comments import COMMENTS
from adapters.cli.template import literal, render
from hub.configuration import load
from hub.settings import DeliverySettings, HubSettings, RevocationSettings, Settings, TrustSettings

DEFAULTS = Path(__file__).parents[4] / "config" / "axis.toml"


def names(section, prefix=""):
    for field in structs.fields(section):
        value = getattr(section, field.name)
        if isinstance(value, Struct):
            yield from names(value, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}"


NAMES = list(names(Settings()))


def test_every_setting_is_explained():
    """Every setting has a comment, and every comment a setting."""
    assert sorted(COMMENTS) == sorted(NAMES)
    assert all(comment.endswith(".") for comment in COMMENTS.values())


def test_defaults_of_the_project():
    """config/axis.toml is the configuration with every default, as `axis init` writes it."""
    assert DEFAULTS.read_text("utf-8") == render(Settings())


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(hub=HubSettings(name='Trục "thử" \\ của tỉnh')),
        Settings(trust=TrustSettings(revocation=RevocationSettings(mode="require", crl=("pki/sub.crl.pem",)))),
        Settings(delivery=DeliverySettings(webhook_allow=("127.0.0.1:9099", "10.0.0.0/8"), retry_delays=(0.5, 1))),
    ],
)
def test_read_back(settings, tmp_path):
    """What is written is read back as it was."""
    path = tmp_path / "axis.toml"
    path.write_text(render(settings), "utf-8")
    assert load(path, {}) == (settings, tmp_path)


def test_unknown_kind():
    """A kind of value that no setting has is an error, not a guess."""
    with pytest.raises(TypeError):
        literal(object())


def test_mappings():
    """A table of values is written as an inline table."""
    assert literal({"a": True}) == '{ "a" = true }'
