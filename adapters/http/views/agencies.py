"""The directory."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Agency(Struct, frozen=True, kw_only=True):
    """An agency of the directory. `valid_from` and `valid_to` are its first and last day as a recipient."""

    code: str
    name: str
    old_codes: tuple[str, ...]
    parent: str | None
    system: str | None
    valid_from: date | None
    valid_to: date | None
    is_suspended: bool


class Agencies(Struct, frozen=True):
    """A page of agencies, by code."""

    items: tuple[Agency, ...]
