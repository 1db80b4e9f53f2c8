"""The tree of a package without its large attachment contents, which stand beside it.

A content of a megabyte is one text of 1.3 million characters. In the tree it is copied, screened, brought into canonical form
and copied out again, each time for nothing: it is base64, in which there is nothing to screen and nothing to bring into another
form. So it never enters the tree:

1. every run of at least `LIFT_FROM` bytes between two tags that is base64 throughout is decoded and taken out of the bytes; a
   mark stands in its place, random, so that no sender can have written it;
2. the one hardened parser reads what is left, as ever;
3. every mark must now be the whole text of the content of an attachment in its rightful place. If one is anywhere else, or
   the parser refuses, nothing is taken out: the whole document is parsed, and what that says counts.

Why the tree with its contents beside it is the tree of the whole document (docs/decisions/0010): the run and the mark
both consist of letters that are no markup, so the parser finds the same tags around either. That the mark came out as
the whole text of an element shows that it stood in character data, not in a comment, a CDATA section or an attribute; so did the
run. Base64 and white space hold nothing that canonical XML writes differently, but for the line ends that every parser
normalises, which is done here. The canonical form of the document is therefore that of the lean tree with each text in the
place of its mark. Numbers of lines are kept.
"""

import secrets
from collections.abc import Iterator, Mapping

from lxml.etree import _Element
from msgspec import Struct

from schemas.edxml import names
from schemas.edxml.base64_text import BrokenBase64, decoded
from schemas.errors import Malformed
from schemas.parser import DEFAULT_LIMITS, Buffer, Limits, parse

LIFT_FROM = 4096  #: bytes of base64 from which a text stays out of the tree: shorter ones cost less in it
_MAX_LIFTED = 1000  #: texts of one package; what comes after them stays in the tree
_PIECE = 1 << 20


class LeanTree(Struct, frozen=True):
    """A parsed package. What was taken out is known by the mark that is the text of its element instead.

    `elements` are all of its elements. Nobody reads them: lxml makes an object for an element whenever it is asked for, and
    drops it with the last reference; holding them saves a tenth of a small package.
    """

    root: _Element
    texts: Mapping[str, bytes]  #: mark → the text as it stands in the canonical form, in document order
    contents: Mapping[str, bytes]  #: mark → what the text decodes to
    elements: tuple[_Element, ...]

    @classmethod
    def of(cls, root: _Element, marks: tuple[str, ...] = (), runs: tuple["_Run", ...] = ()) -> "LeanTree":
        """Return the tree of `root`, from which the runs were taken out, a mark for each."""
        return cls(
            root,
            {mark: run.text for mark, run in zip(marks, runs, strict=True)},
            {mark: run.data for mark, run in zip(marks, runs, strict=True)},
            tuple(root.iter()),
        )


class _Run(Struct, frozen=True):
    start: int
    stop: int
    text: bytes
    data: bytes


def parse_lean(data: Buffer, limits: Limits = DEFAULT_LIMITS, *, lift_from: int = LIFT_FROM) -> LeanTree:
    """Parse a package, large contents beside the tree; raises as `schemas.parser.parse` does."""
    # 1
    runs = tuple(_base64_runs(data, lift_from))
    if not runs:
        return LeanTree.of(parse(data, limits))
    marks = _marks(runs)
    # 2
    try:
        root = parse(_marked(data, runs, marks), limits)
    except Malformed:
        return LeanTree.of(parse(data, limits))
    # 3
    if _rightly_placed(root, frozenset(marks)) != len(marks):
        return LeanTree.of(parse(data, limits))
    return LeanTree.of(root, marks, runs)


def _base64_runs(data: Buffer, least: int) -> Iterator[_Run]:
    found = 0
    for start, stop in _runs(data, least):
        text = _with_normal_line_ends(bytes(data[start:stop]))
        try:
            content = decoded(text)
        except BrokenBase64:
            continue  # it is left for the checks of the whole tree to refuse or to keep
        yield _Run(start, stop, text, content)
        found += 1
        if found == _MAX_LIFTED:
            return


def _runs(data: Buffer, least: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where `data` holds long runs without markup; of less than twice `least` bytes some are missed.

    A probe every `least` bytes: back to the last ">", on to the next "<". Every byte is looked at once or twice.
    """
    probe = least
    while probe < len(data):
        before = bytes(data[probe - least : probe])
        start = before.rfind(b">") + 1
        stop = _next_tag(data, probe)
        if stop < 0:
            return
        start_at = probe - least + start
        if start and b"<" not in before[start:] and stop - start_at >= least:
            yield start_at, stop
        probe = stop + least


def _next_tag(data: Buffer, start: int) -> int:
    if isinstance(data, bytes):
        return data.find(b"<", start)
    for at in range(
        start, len(data), _PIECE
    ):  # piece by piece: searching in a map takes thirty times as long (measured)
        place = bytes(data[at : at + _PIECE]).find(b"<")
        if place >= 0:
            return at + place
    return -1


def _with_normal_line_ends(text: bytes) -> bytes:
    """XML 1.0, 2.11: what every parser does with line ends before anything else."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _marks(runs: tuple[_Run, ...]) -> tuple[str, ...]:
    secret = secrets.token_hex(16)
    return tuple(f"{secret}{number:04}" + "\n" * _lines(run.text) for number, run in enumerate(runs))


def _lines(text: bytes) -> int:
    return text.count(b"\n") if b"\n" in text else 0


def _marked(data: Buffer, runs: tuple[_Run, ...], marks: tuple[str, ...]) -> bytes:
    pieces: list[bytes] = []
    end = 0
    for run, mark in zip(runs, marks, strict=True):
        pieces += (bytes(data[end : run.start]), mark.encode("ascii"))
        end = run.stop
    return b"".join((*pieces, bytes(data[end:])))


def _rightly_placed(root: _Element, marks: frozenset[str]) -> int:
    """Count the marks that are the whole text of the content of an attachment."""
    return sum(
        content.text in marks and not len(content)
        for attachments in root.iterchildren(names.ATTACHMENTS)
        for attachment in attachments.iterchildren(names.ATTACHMENT)
        for content in attachment.iterchildren(names.CONTENT)
    )
