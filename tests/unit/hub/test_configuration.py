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


@pytest.mark.parametrize(
    "name, value",
    [
        ("AXIS_LISTEN__PORT", "70000"),
        ("AXIS_LISTEN__HEADER_TIMEOUT", "inf"),
        ("AXIS_LISTEN__MAX_CONNECTIONS", "0"),
        ("AXIS_INTAKE__MAX_FUTURE_HOURS", "nan"),
        ("AXIS_LIMITS__BUSY_SHARE", "1.5"),
        ("AXIS_LIMITS__REQUESTS_PER_SECOND", "-1"),
        ("AXIS_DELIVERY__DEADLINE_DAYS", "1e12"),
        ("AXIS_DELIVERY__RETRY_DELAYS", "[5, -1]"),
        ("AXIS_DELIVERY__WEBHOOK_CONCURRENCY", "0"),
        ("AXIS_LOG__LEVEL", "verbose"),
    ],
)
def test_a_value_that_no_hub_can_work_with_is_named(tmp_path, name, value):
    """A number out of its range, or a word that means nothing, is an error that names the setting."""
    path = tmp_path / "axis.toml"
    path.write_text("")
    setting = name.removeprefix("AXIS_").lower().replace("__", ".")
    with pytest.raises(ConfigurationError, match=rf"\$\.{setting}"):
        load(path, {name: value})


def test_a_setting_has_no_settings_of_its_own(tmp_path):
    """A variable of the environment that goes on below a setting is an error that names it."""
    path = tmp_path / "axis.toml"
    path.write_text("[hub]\ncode = 'H99'\n")
    with pytest.raises(ConfigurationError, match="AXIS_HUB__CODE__OLD"):
        load(path, {"AXIS_HUB__CODE__OLD": "000.00.00.H99"})
