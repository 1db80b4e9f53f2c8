"""Help in Vietnamese (`adapters.cli.vietnamese`)."""

from collections.abc import Iterator

import pytest
from cyclopts import App

from adapters.cli.commands import COMMANDS
from adapters.cli.main import build, main
from adapters.cli.vietnamese import CATALOGUE, paragraphs, vietnamese

LAYOUT = {
    "Commands",
    "Parameters",
    "Arguments",
    "Display this message and exit.",
    "Display application version.",
    "Language of messages; default: LANG.",
    "Show the traceback of an error.",
}


def commands(app: App, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], App]]:
    """A command, and all that are below it."""
    yield path, app
    for name in app:
        if not name.startswith("-"):
            yield from commands(app[name], (*path, name))


EVERY = tuple(found for each in COMMANDS for found in commands(build(each.name)[each.name], (each.name,)))


def sentences(app: App) -> Iterator[str]:
    """What the English help of a command says, paragraph by paragraph."""
    yield from paragraphs(app.help.partition("\n    Parameters\n")[0].partition("\n\nParameters\n")[0])
    if app.default_command is not None:
        for argument in app.assemble_argument_collection(parse_docstring=True).filter_by(show=True):
            assert argument.parameter.help, f"{argument.name} is not explained"
            yield from paragraphs(argument.parameter.help)


@pytest.mark.parametrize("path, app", [pytest.param(*each, id=" ".join(each[0])) for each in EVERY])
def test_every_sentence_has_its_vietnamese(path, app):
    """Every command and every parameter is explained, in English and in Vietnamese."""
    said = tuple(sentences(app))
    assert said
    assert [each for each in said if each not in CATALOGUE] == []


@pytest.mark.parametrize("path, app", [pytest.param(*each, id=" ".join(each[0])) for each in EVERY])
def test_help_is_vietnamese(path, app, capsys, monkeypatch):
    """The page that --help prints has each of these sentences in Vietnamese, and none in English."""
    monkeypatch.setenv("COLUMNS", "1000")
    assert main([*path, "--help", "--lang", "vi"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Cách dùng: axis {' '.join(path)}" in shown
    for english in sentences(app):
        assert vietnamese(english).replace("`", "").rstrip("*") in shown.replace("`", "")
        assert english.replace("`", "") not in shown
    assert not {"[required]", "[default:", "[choices:"} & set(shown.split())


def test_nothing_is_left_over():
    """The catalogue has no sentence that no command says."""
    said = {sentence for _, app in EVERY for sentence in sentences(app)}
    assert sorted(set(CATALOGUE) - said - LAYOUT) == []


def test_help_by_environment(capsys, monkeypatch):
    """Without a wish help speaks the language of the environment."""
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert main(["ack", "--help"]) == 0
    assert "Báo rằng gói tin đã được lưu chắc chắn" in capsys.readouterr().out
