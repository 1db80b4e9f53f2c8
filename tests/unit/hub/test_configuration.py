"""Facts about reading the configuration."""

from pathlib import Path

import pytest

from hub.configuration import ConfigurationError, load
from hub.settings import Settings


def test_an_empty_file_gives_every_default(tmp_path):
    """Every setting has a default."""
    path = tmp_path / "axis.toml"
    path.write_text("")
    assert load(path, {}) == (Settings(), tmp_path)


def test_the_environment_wins(tmp_path):
    """AXIS_SECTION__KEY replaces what the file says, in the setting's own type."""
    path = tmp_path / "axis.toml"
    path.write_text("[listen]\nport = 1\n")
    settings, _ = load(path, {"AXIS_LISTEN__PORT": "2", "AXIS_HOME": "ignored"})
    assert settings.listen.port == 2


@pytest.mark.parametrize("text", ["[listen]\nprot = 1\n", "[listen]\nport = 'x'\n", "[lissten]\n", "= broken"])
def test_a_mistake_is_named_with_its_file(tmp_path, text):
    """Unknown keys, wrong types and broken TOML are errors that name the file."""
    path = tmp_path / "axis.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"axis\.toml"):
        load(path, {})


def test_a_missing_file_says_how_to_make_one(tmp_path):
    """The fix stands in the message."""
    with pytest.raises(ConfigurationError, match="axis init"):
        load(tmp_path / "axis.toml", {})


def test_paths_are_read_as_paths(tmp_path):
    """A path in the file is a path in the settings."""
    path = tmp_path / "axis.toml"
    path.write_text("[storage]\ncontent_dir = 'elsewhere'\n[trust]\nanchors = ['a.pem']\n")
    settings, _ = load(path, {})
    assert settings.storage.content_dir == Path("elsewhere")
    assert settings.trust.anchors == (Path("a.pem"),)


def test_a_list_in_the_environment_is_json(tmp_path):
    """What holds several values is written as a JSON array."""
    path = tmp_path / "axis.toml"
    path.write_text("")
    settings, _ = load(path, {"AXIS_DELIVERY__WEBHOOK_ALLOW": '["127.0.0.1:9000"]'})
    assert settings.delivery.webhook_allow == ("127.0.0.1:9000",)
