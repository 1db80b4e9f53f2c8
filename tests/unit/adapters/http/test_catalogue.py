"""The catalogue of problems: every code that is raised has a row, every row is raised somewhere."""

import ast

import pytest

from hub.problems import CATALOGUE
from hub.problems.page import errors_page
from tests.architecture.sources import ROOT, python_files

TROUBLES = {"Refusal", "Deferral", "Defect", "RefusedWithReceipt", "_say_and_end", "_problem", "bare_problem"}

#: Rows of the contract's list whose cause comes with later work: clocks, the log, time stamps, integrity.
LATER = {
    "integrity-error",
    "request-in-progress",
    "timestamp-unavailable",
}


def literals(tree):
    """Codes given to troubles, kept in `code` of subclasses of `Malformed`, or listed in an enum named Code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in TROUBLES:
            yield from (
                each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )
        elif isinstance(node, ast.ClassDef):
            yield from in_class(node)


def in_class(node):
    is_list = node.name == "Code"
    if not is_list and "Malformed" not in map(name_of, node.bases):
        return
    for each in node.body:
        target = (
            each.target
            if isinstance(each, ast.AnnAssign)
            else each.targets[0]
            if isinstance(each, ast.Assign)
            else None
        )
        if target is None or not isinstance(each.value, ast.Constant) or not isinstance(each.value.value, str):
            continue
        if is_list or getattr(target, "id", "") == "code":
            yield each.value.value


def name_of(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def raised():
    from adapters.http.door import _CODES

    found = set(_CODES.values())
    for path in python_files():
        if "problems" not in path.parts or "adapters" in path.parts:
            found |= set(literals(ast.parse(path.read_bytes())))
    return {code for code in found if code and " " not in code}


def test_every_raised_code_has_a_row():
    """Whatever is raised is explained."""
    assert raised() - set(CATALOGUE) == set()


def test_every_row_is_raised():
    """No row explains what cannot happen, but for those whose cause comes later."""
    assert set(CATALOGUE) - raised() == LATER


def test_page():
    """`docs/errors.md` is the catalogue; `python -m hub.problems > docs/errors.md` writes it."""
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == errors_page()


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.code)
def test_both_languages(row):
    """Every text stands in both languages, and they differ."""
    for words in (row.title, row.cause, row.fix):
        assert words.vi
        assert words.en
        assert words.vi != words.en


@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.code)
def test_retrying(row):
    """Exactly what is nobody's fault yet may be tried again: 409 in progress, 429 and 503."""
    assert row.is_retryable == (row.status in {429, 503} or row.code == "request-in-progress")
