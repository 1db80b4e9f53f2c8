"""Agencies that no connected system receives for, and the upstreams that reach them."""

from datetime import date

import pytest

from routing.directory import Directory
from routing.reach import prefixes_of
from routing.resolve import NoRoute, Route, resolve
from routing.values import Agency, Binding, System

DAY = date(2026, 2, 2)
OWN = System("sys-own", "Hệ thống của tỉnh", Binding.PULL)
NATIONAL = System("national", "Trục quốc gia", Binding.UPSTREAM, reaches=("*",))
MINISTRY = System("ministry", "Trục của bộ", Binding.UPSTREAM, reaches=("G22", "G22.05.01"))
OFF = System("off", "Trục đã ngắt", Binding.UPSTREAM, is_active=False, reaches=("A01",))
AGENCIES = (
    Agency("H37.01", "Sở Một", system_id="sys-own", old_codes=("000.00.01.H37",)),
    Agency("H37.02", "Sở Chưa nối"),
    Agency("G22.05", "Cục đã nối với ta", system_id="sys-own"),
    Agency("K01", "Cơ quan được ghi là của trục bộ", system_id="ministry"),
    Agency("H40", "Tỉnh có tên trong danh mục"),
    Agency("H41", "Tỉnh tạm ngừng", is_suspended=True),
)


def directory(*systems: System) -> Directory:
    return Directory.build((OWN, *systems), AGENCIES)


ALL = directory(NATIONAL, MINISTRY, OFF)


@pytest.mark.parametrize(
    "code, system_id",
    [
        ("H37.01", "sys-own"),
        ("000.00.01.H37", "sys-own"),
        ("H37.01.99", None),
        ("G22", "ministry"),
        ("G22.07", "ministry"),
        ("000.00.07.G22", "ministry"),
        ("G22.05.02", None),
        ("G22.05.01", "ministry"),
        ("G22.05.01.03", "ministry"),
        ("G221", "national"),
        ("K01.02", "ministry"),
        ("H37.02", "national"),
        ("H40", "national"),
        ("H40.01", "national"),
        ("A01", "national"),
        ("28.22.H17", "national"),
    ],
)
def test_closest_body_or_prefix_decides(code, system_id):
    """The closest of prefixes and connected bodies decides who receives for a code."""
    system = ALL.system_of(code)
    assert (system.id if system else None) == system_id


def test_without_upstream_nothing_is_reached():
    """A hub without an upstream knows only whom it lists."""
    assert directory().system_of("G22") is None
    with pytest.raises(NoRoute):
        resolve(directory(OFF), ("A01",), DAY)


def test_recipient_beyond_the_directory_has_a_route():
    """A code behind an upstream is routed as it was written."""
    assert resolve(ALL, ("G22.07",), DAY) == (Route("G22.07", "ministry", Binding.UPSTREAM),)


def test_slip_below_own_body_is_refused():
    """A code below one of our connected bodies is not sought elsewhere."""
    with pytest.raises(NoRoute):
        resolve(ALL, ("H37.01.99",), DAY)


def test_suspended_agency_is_not_reached_upstream():
    """A suspended agency receives nothing, whoever reaches it."""
    with pytest.raises(NoRoute):
        resolve(ALL, ("H41",), DAY)


def test_upstream_acts_for_all_that_it_reaches():
    """An upstream may hand in what comes from behind it, and nothing of our own agencies."""
    assert ALL.acts_for("ministry", "G22.07")
    assert ALL.acts_for("national", "H40")
    assert not ALL.acts_for("national", "G22.07")
    assert not ALL.acts_for("national", "H37.01")
    assert not ALL.acts_for("national", "H37.01.99")


def test_old_codes_are_covered_from_behind():
    """In the old form the first level stands last."""
    assert list(prefixes_of("000.00.01.H37")) == ["000.00.01.H37", "000.00.01", "000.00", "000", "H37", "*"]
