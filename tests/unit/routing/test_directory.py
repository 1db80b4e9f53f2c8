"""Look-up in the directory."""

import tracemalloc

import pytest

from routing.directory import Directory, DirectoryInvalid
from routing.values import Agency, Binding, SignaturePolicy, System

from . import entries

DIRECTORY = entries.small()


def test_current_code():
    """An agency is found by its current code."""
    assert DIRECTORY.agency("H37.01") is entries.FINANCE


@pytest.mark.parametrize("old", ["000.00.01.H37", "H37.81"])
def test_old_code(old):
    """Every former code means the agency that the table gives it, whatever rule it seems to follow."""
    assert DIRECTORY.agency(old) is entries.FINANCE
    assert DIRECTORY.canonical(old) == "H37.01"


def test_unknown_code():
    """A code that nobody has means nobody."""
    assert DIRECTORY.agency("H99") is None
    assert DIRECTORY.canonical("H99") is None
    assert DIRECTORY.system_of("H99") is None
    assert not DIRECTORY.acts_for("sys-office", "H99")


def test_codes_are_exact():
    """Codes are compared exactly: case and spaces count."""
    assert DIRECTORY.agency("h37.01") is None
    assert DIRECTORY.agency(" H37.01") is None


def test_ambiguous_old_code():
    """An old code that two agencies claim means neither, and is listed."""
    assert DIRECTORY.agency("000.00.99.H37") is None
    assert DIRECTORY.ambiguous_codes == {"000.00.99.H37"}


def test_current_code_wins():
    """A code in use is never read as another agency's old code."""
    assert DIRECTORY.agency("H37.02") is entries.PLANNING


def test_successor():
    """The agency that took over a code still listed is its successor."""
    assert DIRECTORY.successor("H37.02") is entries.MERGED
    assert DIRECTORY.successor("H37.01") is None


def test_own_code_among_old_ones():
    """An agency that lists its current code among the old ones is no successor of itself."""
    directory = Directory.build((), (Agency("H01", "Sở", old_codes=("H01", "H02", "H02")),))
    assert directory.successor("H01") is None
    assert directory.canonical("H02") == "H01"


def test_system_of():
    """The system of an agency is found by any of its codes; one that does not exist is none."""
    assert DIRECTORY.system_of("000.00.01.H37") is entries.OFFICE
    assert DIRECTORY.system_of("H37.05") is None
    assert DIRECTORY.system_of("H37.07") is None
    assert DIRECTORY.system("sys-called") is entries.CALLED
    assert DIRECTORY.system("sys-gone") is None
    assert DIRECTORY.systems() == entries.SYSTEMS


def test_agencies_of():
    """A system's agencies are listed by their current codes, in order."""
    assert DIRECTORY.agencies_of("sys-called") == ("H37.02", "H37.03", "H37.04", "H37.10")
    assert DIRECTORY.agencies_of("sys-nobody") == ()


def test_acts_for():
    """A system acts for the agencies that name it, under all their codes, and for no other."""
    assert DIRECTORY.acts_for("sys-office", "H37.01")
    assert DIRECTORY.acts_for("sys-office", "000.00.01.H37")
    assert not DIRECTORY.acts_for("sys-called", "H37.01")


def test_removed_system_acts_for_nobody():
    """A system that is no longer in the directory acts for nobody, though an agency still names it."""
    assert not DIRECTORY.acts_for("sys-gone", "H37.07")


def test_size_and_version():
    """The directory knows its version and how many agencies it has."""
    assert DIRECTORY.version == 7
    assert len(DIRECTORY) == len(entries.AGENCIES)


def test_same_code_twice():
    """Two agencies with one current code are refused."""
    with pytest.raises(DirectoryInvalid, match="H01 stands in the directory twice"):
        Directory.build((), (Agency("H01", "Một"), Agency("H01", "Hai")))


def test_same_system_twice():
    """Two systems with one id are refused."""
    system = System("s", "Một", Binding.PULL, SignaturePolicy.REQUIRED)
    with pytest.raises(DirectoryInvalid):
        Directory.build((system, System("s", "Hai", Binding.VXP, SignaturePolicy.TRANSPORT)), ())


def test_empty():
    """A directory with nothing in it answers all questions."""
    directory = Directory.build((), ())
    assert len(directory) == 0
    assert directory.search("sở") == ()
    assert directory.search() == ()


def test_memory_of_a_nation():
    """120,000 agencies with everything about them take less than 150 MB."""
    tracemalloc.start()
    try:
        directory = Directory.build((), entries.many(120_000))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(directory) == 120_000
    assert directory.canonical("049.00.39.H59") == "H59.39.49"
    assert taken < 150e6


def test_every_code_of_an_agency():
    """The current code first, then the old ones; of what nobody has, the code itself."""
    assert DIRECTORY.codes_of("000.00.01.H37")[0] == DIRECTORY.codes_of("H37.01")[0] == "H37.01"
    assert {"000.00.01.H37", "H37.81"} < set(DIRECTORY.codes_of("H37.01"))
    assert DIRECTORY.codes_of("H99") == ("H99",)


def test_code_of_another_agency():
    """An old code that another listed agency has as its own is that agency's: a successor does not recall what it sent."""
    assert DIRECTORY.codes_of("H37.10") == ("H37.10",)
