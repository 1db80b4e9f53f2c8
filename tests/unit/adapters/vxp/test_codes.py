"""Problems in the numbers of the axis."""

import pytest

from adapters.vxp.code_table import page_with_table
from adapters.vxp.codes import MEANINGS, code_of, code_of_problem, reason_of
from hub.problems import CATALOGUE
from hub.trouble import Defect, Deferral, Fault, Refusal
from tests.architecture.sources import ROOT


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_problem_has_a_number(code):
    """Every row of the catalogue has a number that is explained; what may pass has one that programs repeat."""
    number = code_of_problem(CATALOGUE[code])
    assert number in MEANINGS
    assert number in {"20", "21"} or not CATALOGUE[code].is_retryable


def test_the_page_has_the_table():
    """`docs/vxp.md` has the table of the code; `python -m adapters.vxp.code_table` writes it."""
    page = (ROOT / "docs" / "vxp.md").read_text("utf-8")
    assert page == page_with_table(page)


@pytest.mark.parametrize(
    "rules, number", [(("unknown",), "18"), (("suspended",), "23"), (("suspended", "unknown"), "18")], ids=str
)
def test_a_locked_recipient_is_not_an_unknown_one(rules, number):
    """23 only when every recipient that cannot be reached is suspended."""
    faults = tuple(Fault(path="To", line=None, rule=f"recipient-{rule}", vi="x", en="x") for rule in rules)
    assert code_of(Refusal("recipient-unknown", faults=faults)) == number


def test_a_reason_names_element_and_line():
    """The reason of a schema error says where, without the path that all have in common; of many only the first."""
    path = "/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/SteeringType"
    fault = Fault(path=path, line=12, rule="wrong-form", vi="Cần một số nguyên.", en="A whole number.")
    reason = reason_of(Refusal("schema-invalid", faults=(fault,) * 7))
    assert reason.startswith("Dòng 12, MessageHeader/SteeringType: Cần một số nguyên. Dòng 12")
    assert reason.endswith("(và 2 lỗi khác)")


@pytest.mark.parametrize(
    "trouble", [Deferral("storage-unavailable", detail="host db1"), Defect("defect", detail="/srv/x")], ids=str
)
def test_what_is_inside_stays_inside(trouble):
    """What deferrals and defects know is for the log."""
    reason = reason_of(trouble)
    assert trouble.detail not in reason
    assert reason.endswith(".")
