"""Forms of identifier codes."""

import pytest

from routing.codes import CodeForm, form_of, is_well_formed, may_name_agency, may_name_system


@pytest.mark.parametrize("code", ["000.00.00.G22", "000.00.13.H53", "002.00.20.H13"])
def test_old_form(code):
    """Four groups 3.2.2.3, the last a letter and two digits, are the old form."""
    assert form_of(code) is CodeForm.OLD
    assert is_well_formed(code)


@pytest.mark.parametrize("code", ["G22", "H37", "H37.01.02", "G12.18", "H37.DN.001"])
def test_new_form(code):
    """A letter and two digits with groups of two or three behind are the new form."""
    assert form_of(code) is CodeForm.NEW
    assert is_well_formed(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "null",
        "28.22.H17",
        "01.02.G22",
        "001.00.20.TT2",
        "vxp.saas.03",
        "h37",
        "H37.",
        "H37.1",
        "H37.0001",
        "H37\n",
        "H３7",
        "000.00.00.H37 ",
    ],
)
def test_neither_form(code):
    """Everything else has no form, also what only looks like digits or ends in a line break."""
    assert form_of(code) is None
    assert not is_well_formed(code)


def test_length():
    """The new form ends at 35 characters."""
    assert form_of("H37" + ".001" * 8) is CodeForm.NEW
    assert form_of("H37" + ".001" * 9) is None


@pytest.mark.parametrize("name", ["H37.01", "000.00.01.H37", "28.22.H17", "vxp.saas.03", "qlvb_so-mot", "a"])
def test_names(name):
    """An agency and a system may have any name of letters, digits and . - _, as real ones do."""
    assert may_name_agency(name)
    assert may_name_system(name)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a\n", ".a", "a.", "#", "*", "Sở", "a,b"])
def test_no_names(name):
    """Nothing may have a name that means something else in an address, a queue or a list."""
    assert not may_name_agency(name)
    assert not may_name_system(name)


def test_length_of_names():
    """A code ends at 35 characters, the id of a system at 64."""
    assert may_name_agency("a" * 35)
    assert not may_name_agency("a" * 36)
    assert may_name_system("a" * 64)
    assert not may_name_system("a" * 65)
