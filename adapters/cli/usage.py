"""Faults of a command line in words: `cyclopts` finds them, and speaks English only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from cyclopts import (
    App,
    Argument,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)
from cyclopts.exceptions import ArgumentOrderError
from cyclopts.validators import Number

from adapters.cli.messages import say

_OF_TYPE: Mapping[object, str] = MappingProxyType({int: "usage-whole", float: "usage-number", bool: "usage-yes-no"})


def usage_of(error: CycloptsError) -> str:
    """Return what is wrong with a command line, and where to look how it should be."""
    sentence = next((say_it(error) for kind, say_it in _SENTENCES.items() if isinstance(error, kind)), None)
    return f"{sentence or _other(error)}\n{say('usage-see', command=_command(error))}"


def _unknown_command(error: Any) -> str:
    given, known = error.unused_tokens[0], _commands(error.app)
    return _with_near(say("usage-command", command=_command(error), given=given, known=", ".join(known)), given, known)


def _unknown_option(error: Any) -> str:
    given = error.token.keyword or error.token.value
    known = [name for each in error.argument_collection if each.parse for name in each.names]
    return _with_near(say("usage-option", command=_command(error), given=given), given, known)


def _too_many(error: Any) -> str:
    return say("usage-too-many", command=_command(error), given=" ".join(error.unused_tokens))


def _missing(error: Any) -> str:
    given = error.keyword or next((each.keyword for each in error.argument.tokens if each.keyword), None)
    if given is not None:
        return say("usage-no-value", name=given)
    return say("usage-missing", command=_command(error), name=_name(error.argument))


def _twice(error: Any) -> str:
    return say("usage-twice", name=error.token.keyword)


def _not_converted(error: Any) -> str | None:
    if error.token is None or (error.token.keyword is None and error.argument is None):
        return None
    facts = {"name": error.token.keyword or _name(error.argument), "given": error.token.value}
    if get_origin(error.target_type) is Literal:
        known = [str(each) for each in get_args(error.target_type)]
        return _with_near(say("usage-choice", **facts, known=", ".join(known)), error.token.value, known)
    return say(_OF_TYPE.get(error.target_type, "usage-value"), **facts)


def _not_valid(error: Any) -> str | None:
    """Say within which bounds a number must lie; other rules have said it themselves."""
    if error.argument is None or not error.argument.tokens:
        return None
    bounds = next((each for each in error.argument.parameter.validator if isinstance(each, Number)), None)
    if bounds is None:
        return error.exception_message or None
    token = error.argument.tokens[0]
    facts = {"name": token.keyword or _name(error.argument), "given": token.value}
    return say("usage-range", **facts, least=bounds.gte, most=bounds.lte)


def _named_too(error: Any) -> str:
    return say("usage-named-too", given=error.token, name=error.argument.name)


def _other(error: CycloptsError) -> str:
    error.verbose = False
    return say("usage-other", error=error)


_SENTENCES: Mapping[type[CycloptsError], Callable[[Any], str | None]] = MappingProxyType(
    {
        UnknownCommandError: _unknown_command,
        UnknownOptionError: _unknown_option,
        UnusedCliTokensError: _too_many,
        MissingArgumentError: _missing,
        RepeatArgumentError: _twice,
        CoercionError: _not_converted,
        ValidationError: _not_valid,
        ArgumentOrderError: _named_too,
    }
)


def _with_near(problem: str, given: str, known: Iterable[str]) -> str:
    near = get_close_matches(given, list(known), n=1)
    return say("usage-near", problem=problem, near=near[0]) if near else problem


def _command(error: CycloptsError) -> str:
    return " ".join(("axis", *(error.command_chain or ())))


def _commands(app: App | None) -> list[str]:
    return [name for name in app or () if not name.startswith("-")]


def _name(argument: Argument) -> str:
    """Return a parameter by its name: that of an option, or of a place on the command line, as its help page has it."""
    return argument.name if argument.field_info.is_keyword_only else argument.name.lstrip("-").upper()
