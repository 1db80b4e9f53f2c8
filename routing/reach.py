"""Which upstream reaches an agency that no connected system receives for: the longest prefix wins.

A prefix is the code of a body; it covers that body and everything below it. In the new form of codes what is below begins
with the code and a dot (`H37` covers `H37.01.02`); in the old form the body of the first level stands last (`H37` covers
`000.00.01.H37`). `*` covers every code. Agencies with a system of their own are prefixes too: what stands below one of our
connected bodies is never sought elsewhere, so a slip of the pen is refused here and now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from routing.codes import CodeForm, form_of
from routing.values import Agency

EVERYTHING = "*"


def prefixes_of(code: str) -> Iterator[str]:
    """Return every prefix that covers `code`, longest first."""
    parts = code.split(".")
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])
    if form_of(code) is CodeForm.OLD:
        yield parts[-1]
    yield EVERYTHING


class Reach:
    """Prefixes by upstream; when two claim one prefix, the first by id has it."""

    __slots__ = ("_systems", "_upstreams")

    def __init__(self, claims: Mapping[str, tuple[str, ...]]) -> None:
        """Take the prefixes of every upstream by its id."""
        self._upstreams = frozenset(claims)
        self._systems: dict[str, str] = {}
        for system_id in sorted(claims):
            for prefix in claims[system_id]:
                self._systems.setdefault(prefix, system_id)

    def __bool__(self) -> bool:
        """Return whether there is any upstream."""
        return bool(self._upstreams)

    def find(self, code: str, listed: Mapping[str, Agency]) -> str | None:
        """Return the upstream that reaches `code`; None when a connected body covers it more closely, or nobody does."""
        for prefix in prefixes_of(code):
            if (system_id := self._systems.get(prefix)) is not None:
                return system_id
            body = listed.get(prefix)
            if body is not None and body.system_id is not None:
                return body.system_id if body.system_id in self._upstreams else None
        return None
