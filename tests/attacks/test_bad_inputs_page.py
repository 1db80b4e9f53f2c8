"""The page of bad inputs is what the tests say of themselves."""

from __future__ import annotations

import pytest

from tests.attacks.bad_inputs import ROWS, naming_tests, page, rows_named
from tests.support.project import ROOT


def test_the_page_is_current():
    """`docs/security/bad-inputs.md` is what its generator makes."""
    assert (ROOT / "docs/security/bad-inputs.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("row", [*range(1, 47), 64])
def test_every_row_of_input_and_identity_has_a_test(row):
    """Every row that concerns input, identity or limits is named by a test."""
    assert naming_tests()[row]


def test_no_test_names_a_row_that_is_none():
    """Tests name rows of the table only, and a row without a test says what brings it."""
    assert set(naming_tests()) <= {row.number for row in ROWS}
    assert [row.number for row in ROWS] == list(range(1, 65))
    assert [row.number for row in ROWS if not row.later and not naming_tests().get(row.number)] == []


@pytest.mark.parametrize(
    "docstring, rows",
    [
        ("Row 13: one byte.", (13,)),
        ("Rows 3, 9, 10: vectors.", (3, 9, 10)),
        ("Rows 3 to 5, 7: bodies.", (3, 4, 5, 7)),
        ("A row 13: none.", ()),
        ("Rows 1 to 11 of the bad inputs: none.", ()),
    ],
)
def test_rows_are_read_from_the_first_words(docstring, rows):
    """A test names rows before the first colon of its docstring, and nowhere else."""
    assert rows_named(docstring) == rows
