"""Whether messages are as `asyncapi.yaml` describes them."""

from __future__ import annotations

import json
from functools import cache

import yaml
from aio_pika.abc import AbstractIncomingMessage
from jsonschema import Draft202012Validator

from adapters.http.health import QUEUES


@cache
def description():
    """The description, read."""
    return yaml.safe_load(QUEUES.read_text("utf-8"))


def fits(message: AbstractIncomingMessage, name: str) -> bool:
    """Check a message against its description; raise what jsonschema raises."""
    described = description()["components"]["messages"][name]
    assert message.content_type == described["contentType"]
    assert message.type in described["x-type"]
    _check({key: value for key, value in message.headers.items() if value is not None}, described["headers"])
    is_json = message.content_type == "application/json"
    return is_payload(json.loads(message.body) if is_json else message.body.decode(), name)


def is_payload(body: object, name: str) -> bool:
    """Check a body alone."""
    _check(body, description()["components"]["messages"][name]["payload"])
    return True


def _check(value: object, schema: object) -> None:
    whole = {**schema, "components": description()["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
