import re
from pathlib import Path
from string import Formatter

import pytest

from adapters.cli import language, messages

CATALOGUE = messages._CATALOGUE
SOURCES = "\n".join(path.read_text("utf-8") for path in Path(messages.__file__).parent.rglob("*.py"))
ELSEWHERE = SOURCES.replace(Path(messages.__file__).read_text("utf-8"), "")
#: Keys that are put together: verdicts by their word, fixes by their finding, statuses by their code.
DERIVED = re.compile(r"verdict-\w+|doctor-.+-fix|demo-status-\d\d")


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", CATALOGUE)
def test_both_languages(key):
    """A message says the same facts in Vietnamese and in English."""
    vietnamese, english = CATALOGUE[key]
    assert vietnamese.strip()
    assert english.strip()
    assert places(vietnamese) == places(english)


def test_no_dead_message():
    """Every message is said somewhere."""
    assert [
        key for key in CATALOGUE if not re.search(f"[\"']{key}[\"']", ELSEWHERE) and not DERIVED.fullmatch(key)
    ] == []


def test_no_missing_message():
    """Everything that is said stands in the catalogue."""
    said = set(re.findall(r'\b(?:say|CommandFailed|UsageFault)\(\s*"([a-z0-9-]+)"', ELSEWHERE))
    found = re.findall(r'\b(passed|warned|failed)\(\s*"[a-z ]+",\s*"([a-z0-9-]+)"', ELSEWHERE)
    said |= {key for _, key in found} | {f"{key}-fix" for level, key in found if level != "passed"}
    assert said - set(CATALOGUE) == set()


@pytest.mark.parametrize(
    "environment, expected",
    [
        ({}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "vi_VN", "LC_ALL": "en_GB"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "vi"}, "vi"),
    ],
)
def test_language_of_the_environment(monkeypatch, environment, expected):
    """The environment chooses the language; LC_ALL over LC_MESSAGES over LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    language.choose(None)
    assert language.current() == expected


def test_language_of_the_command():
    """The command line wins over the environment."""
    language.choose("vi")
    assert messages.say("queue-empty") == "Không có gì."
    language.choose("en")
    assert messages.say("queue-empty") == "Nothing there."
