"""The description of the queues is whole, and says what the code does."""

import pytest
import yaml
from jsonschema import Draft202012Validator

from adapters.amqp.letters import LARGEST, Claim
from adapters.amqp.topology import ACKNOWLEDGEMENTS, queue_name
from adapters.http.health import QUEUES
from hub.acknowledgements import Result, Word
from hub.told import Told
from routing.values import Lane

SPEC = yaml.safe_load(QUEUES.read_text(encoding="utf-8"))
SCHEMAS = SPEC["components"]["schemas"]


def references(node):
    """Every reference in the document."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


@pytest.mark.parametrize("reference", sorted(set(references(SPEC))))
def test_references_resolve(reference):
    """Whatever the document refers to stands in it."""
    node = SPEC
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    assert node


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schemas_are_schemas(name):
    """Every schema is a JSON Schema."""
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_version_and_operations():
    """It is AsyncAPI 3: a system receives from its queues and sends acknowledgements."""
    assert SPEC["asyncapi"].startswith("3.")
    assert {name: each["action"] for name, each in SPEC["operations"].items()} == {
        "collect": "receive",
        "acknowledge": "send",
    }


def test_addresses():
    """The channels are the hub's queues and exchange."""
    address = SPEC["channels"]["ownQueue"]["address"]
    lanes = SPEC["channels"]["ownQueue"]["parameters"]["lane"]["enum"]
    assert lanes == [lane.value for lane in (Lane.URGENT, Lane.NORMAL)]
    assert address.format(system="s", lane="urgent") == queue_name("s", Lane.URGENT)
    assert SPEC["channels"]["acknowledgements"]["address"] == ACKNOWLEDGEMENTS


def test_fields():
    """Claims, receipts and acknowledgements have the fields that the hub writes and reads."""
    assert list(SCHEMAS["Claim"]["properties"]) == list(Claim.__struct_fields__)
    assert list(SCHEMAS["Receipt"]["properties"]) == list(Told.__struct_fields__)
    assert list(SCHEMAS["Acknowledgement"]["properties"]) == list(Word.__struct_fields__)
    assert SCHEMAS["Acknowledgement"]["properties"]["result"]["enum"] == [each.value for each in Result]
    assert SCHEMAS["Edxml"]["maxLength"] == LARGEST == SCHEMAS["Claim"]["properties"]["size"]["minimum"] - 1
