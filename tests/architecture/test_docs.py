"""The documents: what they point at exists, what they tell to type can be typed."""

import re
import shlex
from pathlib import Path

import pytest
from cyclopts import CycloptsError

from adapters.cli.main import build
from adapters.cli.setting_comments import COMMENTS
from hub.problems import CATALOGUE

from .settings_table import PAGE, page_with_table
from .sources import ROOT, python_files, relative

PAGES = tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]))
EXAMPLES = tuple(sorted((ROOT / "config").iterdir()))

_FENCED = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(
    r"^(?:\$ |runuser -u axis -- |docker exec axis |[A-Z_]+=\S+ )*(?:[\w./-]*/)?axis (?P<arguments>[a-z-].*)$"
)
OF_EVERY_COMMAND = frozenset({"--lang", "--debug", "--help", "--version"})
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text("utf-8"))


def links() -> list[tuple[str, str]]:
    return [(relative(page), target) for page in PAGES for target in _LINK.findall(prose(page)) if "://" not in target]


def typed() -> list[tuple[str, str]]:
    """Every line with `axis` that a reader is told to type, with its page."""
    return [
        (relative(page), match["arguments"])
        for page in PAGES
        for block in _FENCED.findall(page.read_text("utf-8"))
        for line in block.splitlines()
        if (match := _COMMAND.match(line.strip()))
    ]


def mentioned() -> list[tuple[str, str]]:
    """Every `axis …` that prose mentions, with its page; it may leave arguments out."""
    spans = re.compile(r"`axis ([a-z-][^`]*)`")
    return [(relative(page), found) for page in PAGES for found in spans.findall(prose(page))]


def anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in _HEADING.findall(prose(page))}


def tokens(line: str) -> list[str]:
    """The words of a command, without what the shell takes for itself."""
    words = shlex.split(line, comments=True)
    end = next((n for n, word in enumerate(words) if word in {"|", ">", "&&", "2>", ";"}), len(words))
    return words[:end]


@pytest.mark.parametrize("page, target", links())
def test_links_resolve(page, target):
    """Every relative link leads to a file of the project, and to a heading of it when it names one."""
    path, _, fragment = target.partition("#")
    found = ((ROOT / page).parent / path).resolve() if path else ROOT / page
    assert found.exists()
    assert not fragment or fragment in anchors(found)


def test_pages_can_be_found():
    """Every page of docs/ is linked from README, or from the list of decisions."""
    linked = {((ROOT / page).parent / target.partition("#")[0]).resolve() for page, target in links()}
    assert [relative(page) for page in PAGES if page.parent != ROOT and page not in linked] == []


def test_pages_that_code_names_exist():
    """A page of docs/ that the code points its reader to is there."""
    names = {
        (name, relative(path))
        for path in python_files()
        for name in re.findall(r"docs/[\w-]+\.md", path.read_text("utf-8"))
    }
    assert {(name, path) for name, path in names if not (ROOT / name).is_file()} == set()


@pytest.mark.parametrize("page, line", typed())
def test_commands_can_be_typed(page, line):
    """Every `axis` command line of the documents is one that `axis` understands, word for word."""
    app = build()
    try:
        app.parse_args(tokens(line), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        pytest.fail(f"{page}: axis {line}: {error}")


@pytest.mark.parametrize("page, text", mentioned())
def test_mentioned_commands_exist(page, text):
    """Every command and option of `axis` that the documents mention exists."""
    words = tokens(text)
    names, apps, _ = build().parse_commands(words)
    options = {word for word in words if word.startswith("--")} - OF_EVERY_COMMAND
    assert names or words[0] in OF_EVERY_COMMAND, page
    assert not options or options <= {name for each in apps[-1].assemble_argument_collection() for name in each.names}


def test_settings_are_those_of_the_hub():
    """`docs/configuration.md` has every setting; `python -m tests.architecture.settings_table` writes it."""
    page = PAGE.read_text("utf-8")
    assert page == page_with_table(page)


def test_settings_that_are_mentioned_exist():
    """Every `section.key` that the documents mention is a setting, or a module of `hub`."""
    sections = "|".join(sorted({name.partition(".")[0] for name in COMMENTS}))
    pattern = re.compile(rf"`((?:{sections})\.[a-z_]+(?:\.[a-z_]+)?)`")
    shown = set(pattern.findall("\n".join(map(prose, PAGES))))
    modules = {name for name in shown if (ROOT / "hub" / f"{name.split('.')[1]}.py").is_file()}
    assert shown - modules - set(COMMENTS) == set()


def test_problems_that_are_mentioned_exist():
    """Every problem code that documents and examples show is in the catalogue."""
    text = "\n".join(path.read_text("utf-8") for path in (*PAGES, *EXAMPLES))
    shown = {code for code in re.findall(r"urn:axis:problem:([a-z-]+)", text) if code}
    assert shown
    assert {code for code in shown if code not in CATALOGUE} == set()


def logged() -> list[str]:
    """The name of every event that the code logs."""
    call = re.compile(r"""_log\.(?:debug|info|warning|error|exception)\(\s*"([a-z-]+)\"""")
    found = (call.findall(path.read_text("utf-8")) for path in python_files())
    return sorted({name for names in found for name in names})


@pytest.mark.parametrize("event", logged())
def test_log_events_are_explained(event):
    """Every event that the hub logs stands in the page of log events."""
    assert f"`{event}`" in (ROOT / "docs/metrics.md").read_text("utf-8")
