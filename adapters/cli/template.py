"""`axis.toml` with every setting, its value and one comment: what `axis init` writes; its defaults are `config/axis.toml`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from adapters.cli.setting_comments import COMMENTS
from hub.settings import Settings

_HEAD = """\
# Configuration of one Axis Hub. Every setting stands here with its value; what is left out has the value shown in
# config/axis.toml. Relative paths start at the folder of this file. The environment overrides a setting by the name
# AXIS_<SECTION>__<KEY>, for example AXIS_LISTEN__PORT=9090.
"""


def render(settings: Settings) -> str:
    """Write settings as TOML; each with one comment, each section with its own."""
    sections = ((name, section) for name, outer in _fields(settings) for name, section in _with_inner(name, outer))
    return "\n".join([_HEAD, *("\n".join(_section(name, section)) + "\n" for name, section in sections)])


def _with_inner(name: str, section: Struct) -> Iterator[tuple[str, Struct]]:
    yield name, section
    for key, value in _fields(section):
        if isinstance(value, Struct):
            yield from _with_inner(f"{name}.{key}", value)


def _section(name: str, section: Struct) -> Iterator[str]:
    yield f"[{name}]  # {(type(section).__doc__ or '').splitlines()[0]}"
    plain = ((key, value) for key, value in _fields(section) if not isinstance(value, Struct))
    for key, value in plain:
        yield f"# {COMMENTS[f'{name}.{key}']}"
        yield f"{key} = {literal(value)}"


def _fields(struct: Struct) -> Iterator[tuple[str, Any]]:
    return ((field.name, getattr(struct, field.name)) for field in structs.fields(struct))


def literal(value: object) -> str:
    """Write a value as TOML; raise `TypeError` for a kind that no setting has."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (str, Path)):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(literal(each) for each in value)}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {literal(each)}" for key, each in value.items()) + " }"
    raise TypeError(f"no TOML for {type(value).__name__}")
