import json
import subprocess
import sys

import pytest

from adapters.cli.commands import COMMANDS
from adapters.cli.main import main

LOADED = """
import json, sys
from adapters.cli.main import main
main(["--help"])
heavy = {"aiohttp", "sqlalchemy", "lxml", "cryptography", "hub"}
json.dump(sorted(heavy.intersection(sys.modules)), sys.stderr)
"""


def test_help_waits_for_nothing():
    """`axis --help` loads neither the server's nor the client's libraries."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr) == []


@pytest.mark.parametrize("command", [each.name for each in COMMANDS])
def test_every_command_explains_itself(command, capsys):
    """Every command has a help page that says what it does."""
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Usage: axis {command}" in shown
    assert len(shown.splitlines()) > 4


@pytest.mark.parametrize("group", ["agency", "system", "key", "user", "queue"])
def test_every_subcommand_explains_itself(group, capsys):
    """Every command of a group has a help page."""
    from importlib import import_module

    app = import_module(f"adapters.cli.{group}").app
    names = [name for name in app if not name.startswith("-")]
    assert {"list"} <= set(names)
    for name in names:
        assert main([group, name, "--help"]) == 0
        assert f"Usage: axis {group} {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["inbox", "--nonsense"],
        ["inbox", "--lang", "xx"],
        ["verify"],
        ["status", "d", "99", "--key", "axk_a_b"],
        ["serve", "--config", "/nonexistent/axis.toml"],
        ["serve", "--workers", "2"],
        ["serve", "--role", "api"],
        ["inbox", "--credentials", "/nonexistent.json"],
        ["init", "/dev/null"],
        ["init", "x", "--hub-code", "../etc"],
        ["init", "x", "--port", "99999"],
        ["serve", "--port", "-1"],
        ["ack", "--key", "axk_a_b"],
        ["inbox", "--key", "axk_a_b", "--url", "localhost:8080"],
        ["agency", "add", "H99 01", "--name", "x"],
        ["agency", "add", "H99.01", "--name", "x", "--parent", "H99/"],
        ["agency", "add", "H99.01", "--name", "x", "--old-code", "H98.01", "H98,02"],
        ["system", "add", "a/b", "--name", "x"],
        ["system", "limit", "s", "--burst", "-1"],
        ["key", "add", "--system", "s", "--days", "0"],
        ["key", "rotate", "k", "--overlap", "-1"],
        ["compose", "--from", "x y", "--to", "H99.02", "--subject", "s", "-o", "x"],
        ["compose", "--from", "H99.01", "--to", "H99.02", "x y", "--subject", "s", "-o", "x"],
        ["compose", "--from", "H99.01", "--to", "H99.02", "--subject", "s", "--code", "no slash", "-o", "x"],
        ["compose", "--from", "H99.01", "--to", "H99.02", "--subject", "s", "--business", "recall", "-o", "x"],
        ["compose", "--from", "H99.01", "--to", "H99.02", "--subject", "a\x01b", "-o", "x"],
        ["verify", "."],
    ],
)
def test_usage(arguments, capsys, tmp_path, monkeypatch):
    """What cannot be done so ends with 2 and a sentence, never a traceback."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.err.strip()
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(
    "wrong", [["--subject", "x" * 501], ["--to", "H99.03", "--subject", "s"]], ids=["long", "twice"]
)
def test_compose_writes_nothing_that_would_be_refused(wrong, capsys, tmp_path):
    """A package that every hub would refuse is told of when it is composed, in the hub's own words."""
    written = tmp_path / "x.edxml"
    assert main(["compose", "--from", "H99.01", "--to", "H99.03", *wrong, "-o", str(written)]) == 1
    assert "(schema-invalid)" in capsys.readouterr().err
    assert not written.exists()


@pytest.mark.parametrize("arguments", [["init"], ["restore"]])
def test_help_of_a_command_is_whole(arguments, capsys):
    """A command's help has every paragraph of its docstring, not only the summary of the table."""
    assert main([*arguments, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert ("Overwrites nothing." if "init" in arguments else "does not start on the restored database") in shown


def test_start_is_told_once(capsys):
    """How to start stands in the help of `axis`, not in that of every command."""
    assert main(["--help"]) == 0
    assert "axis init var --demo" in capsys.readouterr().out
    assert main(["ack", "--help"]) == 0
    assert "axis init" not in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--lang", "vi"], ["--lang=vi", "--help"], ["--help", "--lang", "vi"]])
def test_table_of_commands_in_vietnamese(arguments, capsys):
    """The table of commands speaks the language that is asked for."""
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "Trao đổi văn bản" in shown
    assert "Exchange documents" not in shown


def test_table_of_commands_by_environment(capsys, monkeypatch):
    """Without a wish the language is that of the environment."""
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert main(["--help"]) == 0
    assert "Trao đổi văn bản" in capsys.readouterr().out


def test_no_hub(capsys, tmp_path, monkeypatch):
    """Where no hub answers the command ends with 3 and says how to look further."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("adapters.client.transport.RetryPolicy.delay", lambda *_: 0.0)
    assert main(["inbox", "--key", "axk_a_b", "--url", "http://127.0.0.1:9"]) == 3
    assert "axis doctor" in capsys.readouterr().err


def test_language(capsys, tmp_path, monkeypatch):
    """--lang vi speaks Vietnamese."""
    monkeypatch.chdir(tmp_path)
    assert main(["inbox", "--lang", "vi"]) == 2
    assert "Chưa có khóa API" in capsys.readouterr().err


def test_debug_shows_the_traceback(tmp_path, monkeypatch):
    """--debug lets the error itself out."""
    from adapters.cli.trouble import UsageFault

    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageFault):
        main(["inbox", "--debug"])
