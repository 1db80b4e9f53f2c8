"""How a value and an element mirror each other, said once for both directions.

A `Shape` lists the child elements of one complex element in the order in which the national SDK writes them, each with the
field of the value that holds it. Reading goes by name, so any order and any prefix is understood; writing goes down the list.
Empty elements are absent ones: they give None on reading and are left out on writing.

Reading presumes a tree that the schema has passed: it does not check, and skips what it does not know.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from lxml.etree import _Element
from msgspec import Struct

from schemas.edxml.names import XML_BLANKS, qualified
from schemas.edxml.writer import Writer


class Leaf(Struct, frozen=True):
    """A simple element: how its text becomes a value, and back."""

    read: Callable[[str], Any] | None = None  #: None: the text itself
    write: Callable[[Any], str] = str


class Form(Protocol):
    """What a complex element may be: a `Shape` or a `ListOf`."""

    def decode(self, element: _Element) -> Any:
        """Return the value of `element`, None for a shell."""

    def encode(self, value: Any, name: str, writer: Writer) -> None:
        """Write `value` as the element `name`."""


class Field(Struct, frozen=True):
    """One kind of child element and the field that holds it."""

    element: str
    name: str
    form: Leaf | Form
    is_repeated: bool = False  #: the element stands once per value; the field is a tuple


class ListOf:
    """An element that only wraps a list: ``<ToPlaces><Place/>…</ToPlaces>``; the field is a tuple."""

    def __init__(self, element: str, form: Leaf | Form) -> None:
        self._field = Field(element, "items", form)

    def decode(self, element: _Element) -> tuple[Any, ...] | None:
        """Return the items that are not empty; None when there is none."""
        return tuple(value for child in element if (value := _decoded(child, self._field.form)) is not None) or None

    def encode(self, value: tuple[Any, ...], name: str, writer: Writer) -> None:
        """Write the list, or nothing when it is empty."""
        if value:
            with writer.element(name):
                for item in value:
                    _encode(item, self._field, writer)


class Shape:
    """An element whose children are the fields of one value."""

    def __init__(self, make: Callable[..., Any], *fields: Field) -> None:
        self._make = make
        self._fields = fields
        self._by_tag = {qualified(field.element): _entry(field) for field in fields}
        self._repeated = tuple(field.name for field in fields if field.is_repeated)

    def values(self, element: _Element) -> dict[str, Any]:
        """Return the fields that `element` fills, by name."""
        # The hot loop of reading: nearly a hundred turns for an ordinary package, hence unpacked tuples instead of calls.
        found: dict[str, Any] = {}
        for child in element:
            entry = self._by_tag.get(child.tag)  # type: ignore[arg-type]  # the parser leaves no node whose tag is no string
            if entry is None:
                continue
            name, read, is_leaf, is_repeated = entry
            value = child.text if is_leaf else read(child)
            if value is None or (is_leaf and value.isspace() and not value.strip(XML_BLANKS)):
                continue
            if is_leaf and read is not None:
                value = read(value)
            if is_repeated:
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        for name in self._repeated:
            if name in found:
                found[name] = tuple(found[name])
        return found

    def decode(self, element: _Element) -> Any:
        """Return the value of `element`, None for a shell."""
        found = self.values(element)
        return self._make(**found) if found else None

    def encode(self, value: Any, name: str, writer: Writer) -> None:
        """Write `value` as the element `name`."""
        with writer.element(name):
            self.encode_children(value, writer)

    def encode_children(self, value: Any, writer: Writer) -> None:
        """Write the children alone."""
        for field in self._fields:
            held = getattr(value, field.name)
            for item in _items(held, is_repeated=field.is_repeated):
                _encode(item, field, writer)


def _entry(field: Field) -> tuple[str, Any, bool, bool]:
    if isinstance(field.form, Leaf):
        return field.name, field.form.read, True, field.is_repeated
    return field.name, field.form.decode, False, field.is_repeated


def _items(held: Any, *, is_repeated: bool) -> Iterator[Any]:
    if is_repeated:
        yield from held
    elif held is not None:
        yield held


def _decoded(element: _Element, form: Leaf | Form) -> Any:
    if not isinstance(form, Leaf):
        return form.decode(element)
    text = element.text
    if text is None or (text.isspace() and not text.strip(XML_BLANKS)):
        return None
    return text if form.read is None else form.read(text)


def _encode(value: Any, field: Field, writer: Writer) -> None:
    if isinstance(field.form, Leaf):
        writer.leaf(field.element, field.form.write(value))
    else:
        field.form.encode(value, field.element, writer)
