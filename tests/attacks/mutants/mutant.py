"""One changed package, and what it may be answered."""

from __future__ import annotations

from msgspec import Struct

#: What the attacker wants to be read; it must appear in no answer.
EVIL = "Công văn giả"

INVALID = "signature-invalid"
COVERAGE = "signature-coverage"
MULTIPLE = "signature-multiple"
MISSING = "signature-missing"
AMBIGUOUS = "signature-ambiguous-content"
UNTRUSTED = "certificate-untrusted"
BROKEN = "xml-not-well-formed"
ENCODING = "xml-encoding-unsupported"
DOCTYPE = "xml-dtd-forbidden"
LIMIT = "xml-limit-exceeded"
SCHEMA = "schema-invalid"
UNKNOWN_TYPE = "document-type-unknown"


class Mutant(Struct, frozen=True):
    """A changed package. It is refused with one of `codes`, or, if benign, accepted with every value as it was signed."""

    name: str
    data: bytes
    codes: frozenset[str]
    is_benign: bool = False


def refused(name: str, data: bytes | str, *codes: str) -> Mutant:
    """Say that a mutant must be refused, with one of these codes."""
    return Mutant(name, data.encode() if isinstance(data, str) else data, frozenset(codes))


def benign(name: str, data: bytes | str, *codes: str) -> Mutant:
    """Say that a mutant means what was signed; `codes` are refusals that are right as well."""
    return Mutant(name, data.encode() if isinstance(data, str) else data, frozenset(codes), is_benign=True)
