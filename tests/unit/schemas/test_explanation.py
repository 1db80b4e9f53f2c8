"""Why a tree is refused is told of huge and hostile trees too, quickly, of the original's lines."""

import socket

import pytest

from schemas.edxml import Kind
from schemas.edxml.explanation import explained
from schemas.edxml.structure import schema, schema_path
from schemas.errors import MAX_VIOLATIONS, SchemaInvalid
from schemas.parser import parse
from tests.unit.schemas.support import read_bytes, sample
from tests.vectors.edxml.edits import chain, content, swap, value

NEW = sample("document_new").decode()


def _refusal(text: str) -> SchemaInvalid:
    with pytest.raises(SchemaInvalid) as refused:
        read_bytes(text.encode())
    return refused.value


def test_lines_beyond_two_bytes_are_told():
    """An error after line 65,535 is told with its true line."""
    (violation,) = _refusal(
        chain(swap("<edXML:To>", "\n" * 70_000 + "<edXML:To>"), value("Priority", "7"))(NEW)
    ).violations
    assert violation.line is not None
    assert violation.line > 70_000


def test_the_true_length_is_told():
    """A text of millions of letters is refused with its own length."""
    (violation,) = _refusal(swap("<edXML:Subject>", "<edXML:Subject>" + "a" * 3_000_000)(NEW)).violations
    assert violation.rule == "too-long"
    assert "3000048" in violation.en


def test_contents_are_never_shown_to_the_slow_validator():
    """A package of megabytes with an error in its header is explained without its contents."""
    (violation,) = _refusal(chain(content(b"%PDF" * 2_000_000), value("Priority", "7"))(NEW)).violations
    assert violation.rule == "not-listed"


def test_an_error_behind_a_thousand_others_of_its_name_is_told():
    """What the small copy leaves out is told by the validator that decided."""
    many = "".join(f"<edXML:To><edXML:OrganId>H37.{n:04}</edXML:OrganId></edXML:To>" for n in range(1500))
    wrong = "<edXML:To><edXML:OrganId>a b</edXML:OrganId></edXML:To>"
    rules = {
        violation.rule
        for violation in _refusal(swap("<edXML:To>", many + "\n" + wrong + "\n<edXML:To>")(NEW)).violations
    }
    assert rules == {"invalid"}


def test_thousands_of_strangers_are_told_a_hundred_times():
    """Unknown elements in any number cost no more than a hundred sentences."""
    assert len(_refusal(swap("<edXML:To>", "<edXML:Foo/>" * 15_000 + "<edXML:To>")(NEW)).violations) == MAX_VIOLATIONS


def test_no_address_is_opened():
    """Explaining opens no connection, whatever the document points at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.xsd"
        hint = f'<xs:import xmlns:xs="http://www.w3.org/2001/XMLSchema" schemaLocation="{address}"/><edXML:Subject>'
        assert _refusal(swap("<edXML:Subject>", hint)(NEW)).violations
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_something_is_told_even_of_a_tree_that_the_slow_validator_takes():
    """Should the validators ever disagree, a violation is told all the same."""
    root = parse(sample("document_new"))
    strict = schema(Kind.STATUS)
    strict.validate(root)
    assert {violation.rule for violation in explained(root, schema_path(Kind.DOCUMENT), strict)} == {"invalid"}
