"""Every family of mutants, and all mutants of one good package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.attacks.mutants.content import ambiguous, changed
from tests.attacks.mutants.encodings import encodings
from tests.attacks.mutants.good import Good
from tests.attacks.mutants.identifiers import identifiers
from tests.attacks.mutants.keys import keys
from tests.attacks.mutants.mutant import Mutant, refused
from tests.attacks.mutants.spelling import namespaces, spelling
from tests.attacks.mutants.wrapping import wrapping
from tests.vectors.signatures import contents, methods, shapes
from tests.vectors.signatures.signers import Lab, Vector


def mutants_of(good: Good) -> Iterator[tuple[str, Mutant]]:
    """Yield every mutant of a good package with the name of its family."""
    for family, make in FAMILIES.items():
        for mutant in make(good):
            yield family, mutant


def _signed_anew(vectors: Callable[[Lab], Iterator[Vector]]) -> Callable[[Good], Iterator[Mutant]]:
    """Take the vectors of a defect, signed over this package instead of the small one."""

    def make(good: Good) -> Iterator[Mutant]:
        for code, name, data in vectors(good.lab.over(good.template)):
            yield refused(name, data, code, *_EARLIER.get(name, ()))

    return make


#: The hub looks at the outline of a document before it looks for a signature.
_EARLIER = {"inclusive-below-xml-lang": ("document-type-unknown", "schema-invalid")}

FAMILIES: Mapping[str, Callable[[Good], Iterator[Mutant]]] = {
    "wrapping": wrapping,
    "identifiers": identifiers,
    "references": _signed_anew(shapes.references),
    "transforms": _signed_anew(methods.transforms),
    "algorithms": _signed_anew(methods.algorithms),
    "properties": _signed_anew(contents.properties),
    "keys": keys,
    "changed": changed,
    "ambiguous": ambiguous,
    "spelling": spelling,
    "namespaces": namespaces,
    "encodings": encodings,
}
