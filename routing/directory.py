"""The directory of agencies and systems: built once, never changed, swapped whole when a new version appears."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Self, TypeVar

from routing.fold import fold
from routing.index import SearchIndex
from routing.reach import Reach
from routing.values import Agency, Binding, System

_Entry = TypeVar("_Entry", Agency, System)


class DirectoryInvalid(Exception):
    """Two entries share a code or an id."""


class Directory:
    """What is known at one moment; safe to read from any thread. Looking up a code is one or two dictionary accesses.

    A code is first a current code, then an old one. An old code that several agencies claim means none of them: it is
    listed in `ambiguous_codes`, because guessing would send an official document to the wrong body.
    """

    __slots__ = (
        "_agencies",
        "_aliases",
        "_by_parent",
        "_by_system",
        "_codes",
        "_index",
        "_reach",
        "_systems",
        "ambiguous_codes",
        "version",
    )

    def __init__(self, systems: Mapping[str, System], agencies: Mapping[str, Agency], version: int) -> None:
        """Take entries under their own ids, agencies in the order of their codes (see `build`)."""
        self.version = version
        self._systems = systems
        self._agencies = agencies
        self._codes = tuple(agencies)
        claims = Counter(old for agency in agencies.values() for old in set(agency.old_codes) - {agency.code})
        self.ambiguous_codes = frozenset(old for old, claimed in claims.items() if claimed > 1 and old not in agencies)
        self._aliases = {
            old: code
            for code, agency in agencies.items()
            for old in agency.old_codes
            if old != code and claims[old] == 1
        }
        self._by_system = _grouped((agency.system_id, code) for code, agency in agencies.items())
        self._by_parent = _grouped((self._body(agency.parent), code) for code, agency in agencies.items())
        self._reach = Reach({each.id: each.reaches for each in systems.values() if _is_upstream(each)})
        self._index = SearchIndex(map(_search_line, agencies.values()))

    @classmethod
    def build(cls, systems: Iterable[System], agencies: Iterable[Agency], version: int = 0) -> Self:
        """Build from entries in any order; raise `DirectoryInvalid` when two share a code or an id."""
        by_code = sorted(((agency.code, agency) for agency in agencies), key=lambda entry: entry[0])
        return cls(_unique((system.id, system) for system in systems), _unique(by_code), version)

    def __len__(self) -> int:
        """Return the number of agencies."""
        return len(self._agencies)

    def agency(self, code: str) -> Agency | None:
        """Return the agency of a current or old code."""
        found = self._agencies.get(code)
        if found is None and (current := self._aliases.get(code)) is not None:
            found = self._agencies[current]
        return found

    def agencies(self) -> Iterator[Agency]:
        """Return all agencies in the order of their codes; the directory never changes, so this may take its time."""
        return iter(self._agencies.values())

    def canonical(self, code: str | None) -> str | None:
        """Return the current code of the agency that `code` means."""
        if code is None or code in self._agencies:
            return code
        return self._aliases.get(code)

    def codes_of(self, code: str) -> tuple[str, ...]:
        """Return every code that means the same agency as `code`, the current one first; of an unknown one, itself.

        An old code that another agency has as its own is that agency's.
        """
        agency = self.agency(code)
        if agency is None:
            return (code,)
        return (agency.code, *(old for old in agency.old_codes if self.canonical(old) == agency.code))

    def successor(self, code: str) -> Agency | None:
        """Return the other agency that carries this current code among its old ones, as after a merger."""
        current = self._aliases.get(code) if code in self._agencies else None
        return None if current is None else self._agencies[current]

    def system(self, system_id: str) -> System | None:
        """Return the system of this id."""
        return self._systems.get(system_id)

    def systems(self) -> tuple[System, ...]:
        """Return all systems, in the order they were given."""
        return tuple(self._systems.values())

    def system_of(self, code: str) -> System | None:
        """Return the system that receives for an agency: the one that it names, else the upstream that reaches its code."""
        agency = self.agency(code)
        if agency is not None and agency.system_id is not None:
            return self._systems.get(agency.system_id)
        return self._beyond(code if agency is None else agency.code) if self._reach else None

    def agencies_of(self, system_id: str) -> tuple[str, ...]:
        """Return the current codes of the agencies that a system acts for, in order."""
        return self._by_system.get(system_id, ())

    def acts_for(self, system_id: str, code: str) -> bool:
        """Return whether a known system acts for the agency of a current or old code; an upstream, for all that it reaches."""
        system = self.system_of(code)
        return system is not None and system.id == system_id

    def search(
        self, q: str | None = None, parent: str | None = None, after: str | None = None, limit: int = 50
    ) -> tuple[Agency, ...]:
        """Return up to `limit` agencies, by code, that follow the code `after`.

        Every word of `q` must occur in the name or in a current or old code, with or without Vietnamese marks.
        `parent` (current or old code) keeps the bodies directly below it. `after` need not exist any more, so paging
        goes on across a change of version.
        """
        words = tuple(fold(q or "").split())
        numbers = self._numbers(words, after) if parent is None else self._numbers_below(parent, words, after)
        return tuple(self._agencies[self._codes[number]] for number in islice(numbers, limit))

    def _beyond(self, code: str) -> System | None:
        if code in self.ambiguous_codes:
            return None
        system_id = self._reach.find(code, self._agencies)
        return None if system_id is None else self._systems[system_id]

    def _body(self, parent: str | None) -> str | None:
        """Return the code that children are listed under; a body outside the directory may have some too."""
        return self.canonical(parent) or parent

    def _numbers(self, words: tuple[str, ...], after: str | None) -> Iterator[int]:
        return self._index.find(words, 0 if after is None else bisect_right(self._codes, after))

    def _numbers_below(self, parent: str, words: tuple[str, ...], after: str | None) -> Iterator[int]:
        codes = self._by_parent.get(self._body(parent) or "", ())
        for code in islice(codes, 0 if after is None else bisect_right(codes, after), None):
            number = bisect_right(self._codes, code) - 1
            if self._index.matches(number, words):
                yield number


def _unique(entries: Iterable[tuple[str, _Entry]]) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for key, entry in entries:
        if found.setdefault(key, entry) is not entry:
            raise DirectoryInvalid(f"{key} stands in the directory twice")
    return found


def _is_upstream(system: System) -> bool:
    return system.binding is Binding.UPSTREAM and system.is_active


def _grouped(pairs: Iterable[tuple[str | None, str]]) -> dict[str, tuple[str, ...]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key, code in pairs:
        if key is not None:
            groups[key].append(code)
    return {key: tuple(codes) for key, codes in groups.items()}


def _search_line(agency: Agency) -> str:
    return fold(" ".join((agency.code, agency.name, *agency.old_codes)))
