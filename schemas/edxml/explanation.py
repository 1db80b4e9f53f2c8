"""Why a tree breaks the schema, told by the Python validator `xmlschema`.

It is a hundred times slower than libxml2 and breaks down over long texts, so it is asked only after a refusal, and about
a copy without attachment contents, signatures and anything longer than a header text may be. It is given trees, never
text, and no address it could open.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, cast

from lxml import etree
from lxml.etree import _Element
from xmlschema import XMLResource, XMLSchema10, XMLSchemaChildrenValidationError, XMLSchemaValidationError
from xmlschema.validators import (
    XsdAttributeGroup,
    XsdElement,
    XsdEnumerationFacets,
    XsdGroup,
    XsdMaxLengthFacet,
    XsdPatternFacets,
)

from schemas.edxml import names, sentences
from schemas.errors import MAX_VIOLATIONS, Violation

_LONGEST = 10_000  #: characters of one text that the copy keeps: more than any field may have
_QUOTED = re.compile("'([^']*)'")
_LEFT_OUT = frozenset({names.DUMMY_SIGNATURE, names.DIGITAL_SIGNATURE, names.SIGNATURE})

#: name of a schema type → how a value of it is written, in Vietnamese and English
_FORMS = {
    "date": ("ngày theo dạng yyyy/MM/dd, ví dụ 2025/03/14", "a date as yyyy/MM/dd, such as 2025/03/14"),
    "timestamp": ("thời điểm theo dạng yyyy/MM/dd HH:mm:ss", "a moment as yyyy/MM/dd HH:mm:ss"),
    "integer": ("một số nguyên", "a whole number"),
    "bare-integer": (
        "một số nguyên không có khoảng trắng, hoặc bỏ phần tử này",
        "a whole number without blanks, or leave the element out",
    ),
    "amount": ("một số từ 0 đến 999", "a number from 0 to 999"),
    "agency-code": ("mã cơ quan, ví dụ H37.01 hoặc 000.00.00.G22", "an agency code, such as H37.01 or 000.00.00.G22"),
}


def explained(root: _Element, schema_path: Path, refused: etree.XMLSchema) -> Iterator[Violation]:
    """Yield what is wrong with `root`, which `refused` has just refused; at least one violation, at most `MAX_VIOLATIONS`."""
    source = XMLResource(cast("Any", _without_contents(root)), allow="none", defuse="never")
    errors = _explainer(schema_path).iter_errors(source, use_location_hints=False)
    found = list(islice((violation for error in errors for violation in _told(error)), MAX_VIOLATIONS))
    yield from found or _told_by_libxml2(root, refused)


@cache
def _explainer(schema_path: Path) -> XMLSchema10:
    return XMLSchema10(str(schema_path), allow="local", defuse="always")


def _without_contents(root: _Element) -> _Element:
    """Return a copy that is small whatever the original is; lines are kept."""
    copy = _shallow(root)
    pairs = [(root, copy)]
    while pairs:
        original, twin = pairs.pop()
        for child in original:
            if child.tag in _LEFT_OUT:
                continue
            small = _shallow(child)
            twin.append(small)
            pairs.append((child, small))
    return copy


def _shallow(element: _Element) -> _Element:
    twin = etree.Element(element.tag, element.attrib, element.nsmap)
    twin.sourceline = element.sourceline  # type: ignore[misc]  # the stubs think it read-only
    twin.text = None if element.tag == names.CONTENT else _cut(element.text)
    twin.tail = _cut(element.tail)
    return twin


def _cut(text: str | None) -> str | None:
    return text[:_LONGEST] if text else text


def _told(error: XMLSchemaValidationError) -> Iterator[Violation]:
    element, rule, reason = cast("_Element", error.elem), error.validator, error.reason or ""
    if isinstance(error, XMLSchemaChildrenValidationError):
        yield from _told_of_children(error, element)
    elif isinstance(rule, XsdAttributeGroup):
        yield sentences.unexpected_attribute(element, _first_quoted(reason))
    elif reason.startswith("attribute "):
        yield sentences.wrong_attribute(element, reason.removeprefix("attribute ").partition("=")[0])
    elif isinstance(rule, XsdGroup):
        yield sentences.unexpected_text(element)
    elif isinstance(rule, XsdElement) and len(element):
        yield sentences.unexpected(element[0])
    elif isinstance(rule, XsdMaxLengthFacet):
        yield sentences.too_long(element, rule.value)
    elif isinstance(rule, XsdEnumerationFacets):
        yield sentences.not_listed(element, ", ".join(str(value) for value in rule.enumeration if value))
    elif isinstance(rule, XsdPatternFacets):
        yield _told_of_form(rule, element)
    else:
        yield sentences.wrong(element)


def _told_of_children(error: XMLSchemaChildrenValidationError, parent: _Element) -> Iterator[Violation]:
    if error.invalid_tag is not None:
        child = parent[error.index]
        group = cast("XsdGroup", error.validator)
        is_known = any(one.name == child.tag for one in group.iter_elements())
        yield sentences.repeated(child) if is_known else sentences.unexpected(child)
    for expected in error.expected or ():
        if isinstance(expected, XsdElement) and parent.find(expected.name) is None:
            yield sentences.missing(parent, expected.name)


def _told_of_form(rule: XsdPatternFacets, element: _Element) -> Violation:
    if not (element.text or "").strip(names.XML_BLANKS):
        return sentences.empty(element)
    name = str(rule.parent.local_name).removesuffix("-or-empty") if rule.parent is not None else ""
    form = _FORMS.get(name)
    return sentences.wrong_form(element, *form) if form else sentences.wrong(element)


def _first_quoted(reason: str) -> str:
    found = _QUOTED.search(reason)
    return found[1] if found else ""


def _told_by_libxml2(root: _Element, refused: etree.XMLSchema) -> Iterator[Violation]:
    """Should the two validators ever disagree, the one that decided has to say something."""
    lines = {entry.line for entry in refused.error_log}
    broken = [element for element in root.iter() if element.sourceline in lines]
    for element in islice(broken or [root], MAX_VIOLATIONS):
        yield sentences.wrong(element)
