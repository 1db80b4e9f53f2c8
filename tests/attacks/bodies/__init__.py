"""Hostile bodies: each under a name, made only when it is sent, with the answers that are right.

`elsewhere` is an address that must never be asked: several bodies point there in every way that XML and XML signatures
know.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from tests.attacks.bodies import attached, signed, structure
from tests.attacks.bodies.body import Body
from tests.attacks.mutants import Good

__all__ = ["Body", "bodies"]


def bodies(good: Good, elsewhere: str) -> Iterator[Body]:
    """Yield every hostile body made around a good package."""
    for unsigned in (
        *structure.entities(elsewhere),
        *structure.trees(),
        *structure.names(),
        *attached.attachments(good),
    ):
        yield replace(unsigned, is_unsigned=True)
    yield from structure.encodings(good)
    yield from signed.signatures(good)
    yield from signed.certificates(good)
    yield from signed.pointing(good, elsewhere)
