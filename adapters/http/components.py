"""The component schemas of `openapi.yaml`, made from the views and the request bodies.

`python -m adapters.http.components` writes them into the file, below its last hand-written line; a test compares.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import msgspec
from msgspec import Struct

from adapters.http import deliveries, packages, views
from adapters.http.health import SPECIFICATION

_MARK = "  # Below this line: written by `python -m adapters.http.components`.\n"


def component_schemas() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of every shape that the API shows or takes, by name."""
    shapes = [*_structs(views), *_structs(packages), *_structs(deliveries)]
    _, schemas = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    return {name: schemas[name] for name in sorted(schemas)}


def with_components(specification: str) -> str:
    """Return the text of a specification with its component schemas brought up to date."""
    written, mark, _ = specification.partition(_MARK)
    if not mark:
        raise ValueError("the specification has no mark for its component schemas")
    lines = "".join(f"{line}\n" for line in _yaml({"schemas": component_schemas()}, 1))
    return f"{written}{mark}{lines}"


def _structs(module: ModuleType) -> list[type[Struct]]:
    return [
        each
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, Struct) and _is_of(each, module)
    ]


def _is_of(shape: type[Struct], module: ModuleType) -> bool:
    return shape.__module__ == module.__name__ or shape.__module__.startswith(f"{module.__name__}.")


def _yaml(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Yield lines of block YAML; scalars and lists are written as JSON, which is YAML too."""
    indent = "  " * depth
    for key, child in value.items():
        if isinstance(child, Mapping) and child:
            yield f"{indent}{json.dumps(key)}:"
            yield from _yaml(child, depth + 1)
        else:
            yield f"{indent}{json.dumps(key)}: {json.dumps(child, ensure_ascii=False)}"


if __name__ == "__main__":
    SPECIFICATION.write_text(with_components(SPECIFICATION.read_text(encoding="utf-8")), encoding="utf-8")
