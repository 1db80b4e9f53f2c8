"""The outcome of one check."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from adapters.cli.messages import say
from hub.settings import Settings


class Level(StrEnum):
    """How bad it is."""

    PASS = "pass"  # noqa: S105 - a word, not a secret
    WARN = "warn"
    FAIL = "fail"


class Finding(Struct, frozen=True):
    """One line of `axis doctor`."""

    level: Level
    name: str
    detail: str
    fix: str = ""


class Place(Struct, frozen=True):
    """A hub's configuration, read."""

    config: Path
    settings: Settings
    base_dir: Path


def passed(name: str, key: str, **facts: object) -> Finding:
    """It is as it should be."""
    return Finding(Level.PASS, name, say(key, **facts))


def warned(name: str, key: str, **facts: object) -> Finding:
    """It works, but will not for long; the fix stands under `<key>-fix`."""
    return Finding(Level.WARN, name, say(key, **facts), say(f"{key}-fix", **facts))


def failed(name: str, key: str, **facts: object) -> Finding:
    """It does not work; the fix stands under `<key>-fix`."""
    return Finding(Level.FAIL, name, say(key, **facts), say(f"{key}-fix", **facts))
