"""Identifiers used twice, under every attribute name that some reader takes for one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.attacks.mutants.good import Good
from tests.attacks.mutants.mutant import BROKEN, COVERAGE, INVALID, Mutant, refused

_NAMES = ("Id", "ID", "id", "xml:id", "w:Id", "iD")


def identifiers(good: Good) -> Iterator[Mutant]:
    """Every pair of names with one value: signed so, and slipped in after signing."""
    envelope, header = "<edXML:edXMLEnvelope ", "<edXML:edXMLHeader"
    for position, first in enumerate(_NAMES):
        for second in _NAMES[position:]:
            name = f"{first}-and-{second}".replace(":", "-")
            doubled = good.template.replace(envelope, f'{envelope}xmlns:w="urn:w" {first}="same" ', 1)
            doubled = doubled.replace(header, f'{header} {second}="same"', 1)
            is_signable = (first, second) != ("xml:id", "xml:id")  # the forger's own parser refuses two of them
            data = good.lab.forge().sign(doubled) if is_signable else doubled.replace("{SIG}", good.signature)
            yield refused(f"same-identifier-{name}", data, COVERAGE, BROKEN)
    taken = good.change(header, f'{header} Id="key-info"')
    yield refused("identifier-of-key-info-taken", taken, COVERAGE, INVALID)
    twice = good.change("<edXML:edXMLHeader", '<edXML:edXMLHeader Id="a" Id="b"')
    yield refused("identifier-twice-on-one-element", twice, BROKEN)
    spaced = good.template.replace(envelope, f'{envelope}Id="same" ', 1).replace(header, f'{header} Id=" same "', 1)
    yield refused("same-identifier-with-spaces", good.lab.forge().sign(spaced), COVERAGE)
