"""The description of the API says what the code does."""

import msgspec
import pytest
import yaml
from openapi_spec_validator import validate

from adapters.http.components import component_schemas, with_components
from adapters.http.health import SPECIFICATION
from adapters.http.query import Nothing
from adapters.http.routes import ROUTES

TEXT = SPECIFICATION.read_text(encoding="utf-8")
SPEC = yaml.safe_load(TEXT)


def resolved(node):
    """Follow references until none is left."""
    if isinstance(node, dict):
        if "$ref" in node:
            target = SPEC
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return resolved(target)
        return {key: resolved(value) for key, value in node.items() if key not in {"title", "description"}}
    return [resolved(each) for each in node] if isinstance(node, list) else node


def operation(route):
    return SPEC["paths"][route.path][route.method.lower()]


def parameters(route):
    shared = SPEC["paths"][route.path].get("parameters", [])
    return [resolved(each) for each in shared + operation(route).get("parameters", [])]


def test_valid():
    """It is a valid OpenAPI 3.1 document."""
    validate(SPEC)


def test_routes_and_operations():
    """Every route has an operation, every operation a route."""
    operations = {
        (method.upper(), path) for path, item in SPEC["paths"].items() for method in item if method != "parameters"
    }
    assert operations == {(route.method, route.path) for route in ROUTES}


def test_schemas():
    """The component schemas are those of the views; `python -m adapters.http.components` writes them."""
    assert SPEC["components"]["schemas"] == component_schemas()
    assert with_components(TEXT) == TEXT


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_security(route):
    """Exactly the public routes need no key."""
    assert (operation(route).get("security") == []) == (not route.roles)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_path_parameters(route):
    """Every variable of the path is described."""
    described = {each["name"] for each in parameters(route) if each["in"] == "path"}
    assert described == {part.strip("{}") for part in route.path.split("/") if part.startswith("{")}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_query_parameters(route):
    """The query parameters are those that the code reads, with the same limits."""
    described = {each["name"]: each["schema"] for each in parameters(route) if each["in"] == "query"}
    assert described == expected_query(route.asked)


def expected_query(form):
    if form is Nothing:
        return {}
    _, schemas = msgspec.json.schema_components([form], ref_template="#/components/schemas/{name}")
    return {name: plain(schema) for name, schema in schemas[form.__name__]["properties"].items()}


def plain(schema):
    """Drop what only says that a parameter may be absent."""
    schema = dict(schema)
    if schema.get("default", ...) is None:
        del schema["default"]
    variants = [each for each in schema.pop("anyOf", [schema]) if each != {"type": "null"}]
    return resolved(variants[0])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_problems_are_described(route):
    """Every answer from 400 up is a problem, but for readiness, which says what is missing."""
    for status, answer in operation(route)["responses"].items():
        if int(status) >= 400 and route.path != "/readyz":
            assert list(resolved(answer)["content"]) == ["application/problem+json"]
