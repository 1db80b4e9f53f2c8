"""Rows 13 to 24 of the bad inputs, by hundreds: no mutant of a good package is accepted with another meaning."""

from __future__ import annotations

import pytest

from hub.trouble import Refusal
from tests.attacks.examining import shown
from tests.attacks.mutants import EVIL, FAMILIES, Mutant

GOODS = ("ec-attachment", "rsa-plain", "status", "xades", "inclusive")


@pytest.mark.parametrize("name", GOODS)
def test_what_mutants_are_made_of_is_accepted(name, good_packages, examiner):
    """A good package of every kind is accepted, so that only its mutation can refuse a mutant."""
    assert examiner(good_packages[name].data).sender == "H99.01"


@pytest.mark.parametrize("name", GOODS)
def test_mutants_are_many_and_differ(name, good_packages, mutants):
    """From each good package come at least 80 mutants, every one under its own name and with other bytes."""
    everything = [mutant for family in mutants[name].values() for mutant in family]
    assert len(everything) >= 80
    assert len({mutant.name for mutant in everything}) == len(everything)
    assert [mutant.name for mutant in everything if mutant.data == good_packages[name].data] == []


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", GOODS)
def test_rows_13_to_24_mutants(name, family, good_packages, mutants, examiner):
    """Rows 13 to 24: a mutant is refused with a code of its own, or says, in every value, exactly what was signed."""
    honest = shown(examiner(good_packages[name].data))
    assert [told for mutant in mutants[name][family] if (told := _wrong(mutant, honest, examiner))] == []


def _wrong(mutant: Mutant, honest, examiner) -> str:
    """Return what is wrong with the answer to a mutant; empty when nothing is."""
    try:
        examined = shown(examiner(mutant.data))
    except Refusal as refusal:
        told = f"{refusal.code} {refusal.detail} {refusal.detail_vi} {refusal.faults}"
        if EVIL in told:
            return f"{mutant.name}: the attacker's text is repeated"
        return "" if refusal.code in mutant.codes else f"{mutant.name}: {refusal.code} instead of {set(mutant.codes)}"
    if not mutant.is_benign:
        return f"{mutant.name}: accepted"
    return "" if examined == honest else f"{mutant.name}: accepted with another meaning"
