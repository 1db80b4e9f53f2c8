"""What operations read of parameters, and what they pass over."""

from datetime import UTC, datetime

import pytest

from adapters.vxp import parameters as read
from routing.directory import Directory
from routing.values import Agency, Binding, System
from schemas.edxml import Kind

ID = "01a2016a-220c-7563-8574-bf9c70712f30"
DIRECTORY = Directory.build(
    (System("G22", "x", Binding.VXP), System("G14", "y", Binding.VXP)),
    (Agency("G22", "x", system_id="G22", old_codes=("000.00.00.G22",)), Agency("G14", "y", system_id="G14")),
)


@pytest.mark.parametrize("text, kind", [("edoc", Kind.DOCUMENT), ("status", Kind.STATUS), ("", None), ("x", None)])
def test_kind(text, kind):
    """`messagetype` names the kind."""
    assert read.kind_in({"messagetype": text}) is kind


@pytest.mark.parametrize("text", [ID, ID.upper(), f'"{ID}"', f" {ID} "])
def test_ids_in_any_dress(text):
    """Quotes, blanks and capitals around an id do no harm."""
    assert read.id_of(text) == ID


@pytest.mark.parametrize("text", ["", "b7720f", "../../etc/passwd", ID + "\x00", "x" * 500, ID[:-1]])
def test_what_is_no_id(text):
    """Nothing else reaches the database."""
    assert read.id_of(text) is None


def test_the_misspelt_id_is_the_one_that_is_meant():
    """`docid` counts before a left-over `docId`, also when it is none of ours."""
    other = ID.replace("0", "1")
    assert read.delivery_in({"docId": other, "docid": ID}, "docid", "docId") == ID
    assert read.delivery_in({"docId": ID, "docid": "x"}, "docid", "docId") is None
    assert read.delivery_in({"docId": ID}, "docid", "docId") == ID


@pytest.mark.parametrize(
    "to, recipients",
    [
        ("G22", ("G22",)),
        ('"G22"', ("G22",)),
        ("000.00.00.G22", ("G22",)),
        ("G14", None),
        ("", None),
        ('["G22","G14"]', None),
    ],
)
def test_to_counts_for_an_own_agency_only(to, recipients):
    """Another's code, or several, is a left-over of a call that sent."""
    assert read.own_recipient_in({"to": to}, DIRECTORY, "G22") == recipients


def test_days():
    """Vietnamese days, both included; a date that is none is passed over."""
    since, until = read.days_in({"fromDate": "2025/03/14", "toDate": "2025-3-14"})
    assert (since, until) == (datetime(2025, 3, 13, 17, tzinfo=UTC), datetime(2025, 3, 14, 17, tzinfo=UTC))
    assert read.days_in({"fromDate": "14/03/2025", "toDate": "2025/02/30"}) == (None, None)
    assert read.days_in({"toDate": "9999/12/31"}) == (None, None)


@pytest.mark.parametrize(
    "size, index, page",
    [
        ("", "", (0, 1000)),
        ("10", "1", (0, 10)),
        ("10", "3", (20, 10)),
        ("10", "0", (0, 10)),
        ("0", "2", (1000, 1000)),
        ("99999", "-1", (0, 1000)),
    ],
)
def test_pages(size, index, page):
    """Pages count from one; nobody gets more than a thousand items at once."""
    assert read.page_in({"pageSize": size, "pageIndex": index}) == page
