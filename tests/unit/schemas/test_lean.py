"""A package whose contents stand beside the tree is the package that the whole tree says."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from schemas.edxml import read
from schemas.edxml.lean import LIFT_FROM, LeanTree, parse_lean
from schemas.errors import Malformed
from schemas.parser import parse
from signing.canonical import whole
from tests.unit.schemas.support import NAMES, RECEIVED_AT, sample
from tests.vectors.edxml.edits import content
from tests.vectors.edxml.make import vectors

LARGE = bytes(range(256)) * 40


def _lean(data: bytes) -> LeanTree:
    return parse_lean(data, lift_from=1)


def _canonical(tree: LeanTree) -> bytes:
    form = etree.tostring(tree.root, method="c14n", exclusive=True, with_comments=False)
    return b"".join(whole(form, tree.texts))


def _outcome(data: bytes, parsed) -> object:
    """What is read, or what is refused: class and violations with path and line."""
    try:
        tree = parsed(data)
        return read(tree.root, received_at=RECEIVED_AT, contents=tree.contents)
    except Malformed as error:
        return type(error), error.violations


@pytest.mark.parametrize("name", NAMES)
def test_samples_read_the_same(name: str):
    """Every official sample says the same either way, and has the same canonical form."""
    data = sample(name)
    assert _outcome(data, _lean) == _outcome(data, lambda data: LeanTree.of(parse(data)))
    assert _canonical(_lean(data)) == _canonical(LeanTree.of(parse(data)))


@pytest.mark.parametrize("vector", list(vectors()), ids=lambda vector: vector.name)
def test_vectors_are_judged_the_same(vector):
    """Every good or bad vector is read the same or refused with the same violations on the same lines."""
    data = vector.make()
    assert _outcome(data, _lean) == _outcome(data, lambda data: LeanTree.of(parse(data)))


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n", "\r", " \t"])
def test_a_large_content_stands_beside_the_tree(line_end: str):
    """A content in one line or many, whatever ends them, is found decoded beside a tree that holds its mark alone."""
    text = base64.b64encode(LARGE).decode()
    lines = line_end.join(text[start : start + 76] for start in range(0, len(text), 76))
    data = content(LARGE)(sample("document_new").decode()).replace(text, lines).encode()
    tree = parse_lean(data)
    assert list(tree.contents.values()) == [LARGE]
    assert len(etree.tostring(tree.root)) < 8_000 < len(text)
    assert _canonical(tree) == _canonical(LeanTree.of(parse(data)))


@pytest.mark.parametrize("kind", [bytes, memoryview])
def test_any_buffer_is_read(kind):
    """A map or view of the bytes gives what the bytes give."""
    data = content(LARGE)(sample("document_new").decode()).encode()
    assert _canonical(parse_lean(kind(data))) == _canonical(LeanTree.of(parse(data)))


def test_a_short_content_stays_in_the_tree():
    """Below the threshold nothing is gained, and nothing is taken out."""
    assert not parse_lean(content(b"x" * (LIFT_FROM // 2))(sample("document_new").decode()).encode()).texts


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: f"<![CDATA[{text}]]>",
        lambda text: f"{text}<x/>",
        lambda text: f"<!-- > {text} < -->",
        lambda text: f"{text}&#65;",
        lambda text: f"{text}!",
        lambda text: text.replace("A", "\u00e1"),
    ],
    ids=["cdata", "child", "comment", "reference", "stranger", "letter"],
)
def test_what_is_not_plainly_a_content_stays_in_the_tree(edit):
    """A text that is anything but the whole plain text of one content is left to the checks of the whole tree."""
    text = base64.b64encode(LARGE).decode()
    data = content(LARGE)(sample("document_new").decode()).replace(text, edit(text)).encode()
    assert not parse_lean(data).texts
    assert _outcome(data, parse_lean) == _outcome(data, lambda data: LeanTree.of(parse(data)))


def test_a_text_elsewhere_stays_in_the_tree():
    """A long text of another field is held against the schema whole."""
    data = sample("document_new").replace(b"<edXML:Subject>", b"<edXML:Subject>" + b"A" * 40_000)
    data = data.replace(b"<Subject>", b"<Subject>" + b"A" * 40_000)
    assert b"A" * 40_000 in data
    assert not parse_lean(data).texts
    assert isinstance(_outcome(data, parse_lean), tuple)


_EDXML = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
_FRAGMENTS = [
    "QUJD", "QUJDRA==", "AAAA" * 20, "\n", "\r\n", "\r", " ", "<", ">", "/>", "&", "&amp;", "&#65;", "<!--", "-->",
    "<![CDATA[", "]]>", "<x>", "</x>", "<x a='", '<x a=">', "'", '"', "<?x ?>", "\u00e1",
    "<Attachment>", "</Attachment>", "<ContentTransferEncoded>", "</ContentTransferEncoded>", "<AttachmentEncoded>",
    "</AttachmentEncoded>", "<Attachment><ContentTransferEncoded>", "</ContentTransferEncoded></Attachment>",
]  # fmt: skip
_HEAD = f'<?xml version="1.0"?><edXML xmlns="{_EDXML}"><AttachmentEncoded><Attachment><ContentTransferEncoded>'
_TAIL = "</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>"


def _bodies() -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from(_FRAGMENTS), max_size=12).map(lambda each: (_HEAD + "".join(each) + _TAIL).encode())


@given(_bodies())
def test_whatever_is_between_the_tags_it_is_the_same_document(data: bytes):
    """Any mixture of base64 and markup is parsed to the same canonical form, or refused on the same line, either way."""
    told = []
    for parsed in (_lean, lambda data: LeanTree.of(parse(data))):
        try:
            told.append(_canonical(parsed(data)))
        except Malformed as error:
            told.append((type(error), error.violations))
        except etree.C14NError as error:
            told.append(str(error))
    assert told[0] == told[1]
