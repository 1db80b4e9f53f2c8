"""Commands under cron, systemd, and other places whose locale has no Vietnamese."""

import json
import os

import pytest

from tests.support.hub import axis

NARROW = {
    "ascii": {"PYTHONIOENCODING": "ascii:strict"},
    "posix": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


@pytest.fixture(params=sorted(NARROW))
def narrow(request):
    """An environment in which Python writes ASCII only."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHONUTF8"))}
    return usual | NARROW[request.param]


def test_json(founded, narrow):
    """JSON printed in ASCII says what it says in UTF-8."""
    told = json.loads((founded / "credentials.json").read_text(encoding="utf-8"))["agencies"]
    shown = axis("agency", "list", "--json", "--config", str(founded / "axis.toml"), environment=narrow)
    assert shown.stdout.isascii()
    names = {each["code"]: each["name"] for each in json.loads(shown.stdout)}
    assert {each["code"]: names[each["code"]] for each in told} == {each["code"]: each["name"] for each in told}


@pytest.mark.parametrize("arguments", [("agency", "list"), ("--help",), ("queue", "--help")], ids=" ".join)
def test_words(founded, narrow, arguments):
    """A person in such a place is shown tables and help, in Vietnamese as well."""
    where = () if "--help" in arguments else ("--config", str(founded / "axis.toml"))
    shown = axis(*arguments, *where, "--lang", "vi", environment=narrow)
    assert shown.stdout.isascii()
    assert not shown.stderr


def test_error(narrow, tmp_path):
    """An error ends with its own exit code and words."""
    missing = axis(
        "verify", str(tmp_path / "đi.edxml"), "--lang", "vi", check=False, environment=narrow | {"LANG": "vi"}
    )
    assert missing.returncode == 2
    assert ".edxml" in missing.stderr
    assert "Unicode" not in missing.stderr
