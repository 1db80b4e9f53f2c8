"""Why a tree breaks the schema, told by the Python validator `xmlschema`.

It is a hundred times slower than libxml2 and breaks down over long texts, so it is asked only after a refusal, and about
a `SmallCopy`, never about the document itself. It is given trees, never text, and no address it could open.
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
from schemas.edxml.small_copy import SmallCopy
from schemas.errors import MAX_VIOLATIONS, Violation

_QUOTED = re.compile("'([^']*)'")

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
    """Yield what is wrong with `root`, which `refused` has just refused: one violation at least, `MAX_VIOLATIONS` at most."""
    copy = SmallCopy(root)
    source = XMLResource(cast("Any", copy.root), allow="none", defuse="never")
    errors = _explainer(schema_path).iter_errors(source, use_location_hints=False)
    found = list(islice((violation for error in errors for violation in _told(error, copy)), MAX_VIOLATIONS))
    yield from found or _told_by_libxml2(root, refused)


@cache
def _explainer(schema_path: Path) -> XMLSchema10:
    return XMLSchema10(str(schema_path), allow="local", defuse="always")


def _told(error: XMLSchemaValidationError, copy: SmallCopy) -> Iterator[Violation]:
    twin = cast("_Element", error.elem)
    element, rule, reason = copy.original(twin), error.validator, error.reason or ""
    if isinstance(error, XMLSchemaChildrenValidationError):
        yield from _told_of_children(error, twin, copy)
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


def _told_of_children(
    error: XMLSchemaChildrenValidationError, parent: _Element, copy: SmallCopy
) -> Iterator[Violation]:
    if error.invalid_tag is not None:
        child = copy.original(parent[error.index])
        group = cast("XsdGroup", error.validator)
        is_known = any(one.name == child.tag for one in group.iter_elements())
        yield sentences.repeated(child) if is_known else sentences.unexpected(child)
    for expected in error.expected or ():
        if isinstance(expected, XsdElement) and parent.find(expected.name) is None:
            yield sentences.missing(copy.original(parent), expected.name)


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
