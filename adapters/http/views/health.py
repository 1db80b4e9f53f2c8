"""How the process is."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType


class Check(Struct, frozen=True):
    """Whether one dependency is well."""

    name: str
    is_ok: bool
    detail: str


class Readiness(Struct, frozen=True):
    """Whether this process can do its work."""

    status: Literal["ready", "degraded", "not-ready", "shutting-down"]
    checks: tuple[Check, ...] | UnsetType = UNSET


class Liveness(Struct, frozen=True):
    """This process answers."""

    status: Literal["alive"]
