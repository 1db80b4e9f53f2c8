"""Reading the configuration: `axis.toml`, then the environment (`AXIS_<SECTION>__<KEY>`), strictly typed.

A section may hold another one: `AXIS_TRUST__REVOCATION__MODE` is `mode` in `[trust.revocation]`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from hub.settings import Settings

PREFIX = "AXIS_"


class ConfigurationError(Exception):
    """The configuration cannot be used; the message says which file and which key."""


def load(path: Path, environment: Mapping[str, str] | None = None) -> tuple[Settings, Path]:
    """Return the settings in `path` with overrides, and the folder that relative paths start at.

    Raises `ConfigurationError` for a missing file, broken TOML, an unknown key, or a value of the wrong type or out of range.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; create one with `axis init DIR`") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    _override(raw, os.environ if environment is None else environment)
    try:
        settings = msgspec.convert(raw, Settings, strict=False, dec_hook=_as_path)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    return settings, path.parent.resolve()


def _as_path(wanted: type, value: Any) -> Any:
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"no setting has the type {wanted}")


def _override(raw: dict[str, Any], environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        *sections, key = name.removeprefix(PREFIX).lower().split("__")
        if name.startswith(PREFIX) and sections:
            place = raw
            for section in sections:
                place = place.setdefault(section, {})
                if not isinstance(place, dict):
                    raise ConfigurationError(f"{name}: {section} is a setting and no section; nothing stands below it")
            place[key] = _read(value)


def _read(value: str) -> Any:
    """Return an override as text, or as a list when it is written as one in JSON."""
    if not value.startswith("["):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
