"""Whatever an envelope holds, writing and reading it gives it back; whatever is damaged, the answer is typed."""

import hashlib
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from xmlschema import XMLSchema10

from schemas.edxml import Attachment, Business, DocumentEnvelope, Kind, StatusCode, StatusEnvelope, encode, read
from schemas.edxml.document import (
    BusinessInfo,
    Change,
    Code,
    DocumentType,
    OtherInfo,
    Promulgation,
    Receiver,
    Replaced,
    SignerInfo,
    TraceHeader,
)
from schemas.edxml.media import media_type
from schemas.edxml.parts import Organization, ResponseFor, Staff
from schemas.edxml.secrecy import is_marked_kind, is_marked_subject
from schemas.edxml.skeleton import skeleton_of
from schemas.edxml.structure import schema, schema_path
from schemas.edxml.times import WrittenDate, WrittenTime, read_date
from schemas.edxml.writer import escaped
from schemas.errors import Malformed
from schemas.parser import parse
from tests.unit.schemas.support import NAMES, RECEIVED_AT, read_bytes, sample, without_notes

SLOW = {kind: XMLSchema10(str(schema_path(kind))) for kind in Kind}
BLANKS = " \t\r\n"
LETTERS = st.characters(
    codec="utf-8", exclude_characters="\ufffe\uffff", exclude_categories=["Cc", "Cs"]
) | st.sampled_from(BLANKS)


def text(limit: int = 10) -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=1, max_size=limit).filter(lambda given: given.strip(BLANKS) != "")


def trimmed(limit: int = 10) -> st.SearchStrategy[str]:
    return text(limit).map(lambda given: given.strip(BLANKS))


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def tuples(strategy: st.SearchStrategy, most: int = 3) -> st.SearchStrategy:
    return st.lists(strategy, max_size=most).map(tuple)


def filled(make, **fields) -> st.SearchStrategy:
    """Build values of which at least one field is there: an empty element is an absent one."""
    return st.builds(make, **fields).filter(lambda value: value != make())


CODES = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{2}){0,3}", fullmatch=True)
DATES = st.dates(max_value=RECEIVED_AT.date()).map(WrittenDate.of) | st.just("2018/02/30").map(read_date)
TIMES = st.datetimes(min_value=RECEIVED_AT.replace(year=1990, tzinfo=None), timezones=st.just(RECEIVED_AT.tzinfo)).map(
    WrittenTime.of
)
STAFF = filled(Staff, **dict.fromkeys(Staff.__struct_fields__, maybe(text())))
ORGANIZATIONS = st.builds(
    Organization, agency_code=CODES, **dict.fromkeys(Organization.__struct_fields__[1:], maybe(trimmed()))
)
RESPONSES = filled(
    ResponseFor, agency_code=maybe(CODES), notation=maybe(text()), document_id=maybe(text()), promulgated=maybe(DATES)
)
SMALL = st.integers(0, 999)

BUSINESS = st.builds(
    BusinessInfo,
    business=st.sampled_from(Business),
    document_id=maybe(text()),
    reason=maybe(text()),
    has_paper=maybe(st.booleans()),
    changes=tuples(
        st.builds(
            Change,
            is_data_changed=st.booleans(),
            is_receivers_changed=st.booleans(),
            receivers=tuples(st.builds(Receiver, agency_code=CODES, is_added=st.booleans())),
        )
    ),
    replaced=tuples(st.builds(Replaced, document_id=text(), agency_codes=tuples(CODES))),
    staff=tuples(STAFF),
)
DOCUMENTS = st.builds(
    DocumentEnvelope,
    issuer=ORGANIZATIONS,
    addressees=st.lists(ORGANIZATIONS, min_size=1, max_size=4, unique_by=lambda one: one.agency_code).map(tuple),
    code=st.builds(Code, number=text(), notation=text()),
    promulgation=st.builds(Promulgation, issued=DATES, place=maybe(text())),
    document_type=st.builds(
        DocumentType,
        type=st.integers(-9, 99),
        detail=maybe(st.integers(-9, 99)),
        name=maybe(text().filter(lambda given: not is_marked_kind(given))),
    ),
    subject=text(50).filter(lambda given: not is_marked_subject(given)),
    given_document_id=maybe(text()),
    content=maybe(text().filter(lambda given: not is_marked_subject(given))),
    signer=maybe(filled(SignerInfo, competence=maybe(text()), position=maybe(text()), full_name=maybe(text()))),
    due=maybe(DATES),
    other=maybe(
        filled(
            OtherInfo,
            priority=maybe(st.integers(0, 4)),
            sphere=maybe(text().filter(lambda given: not is_marked_kind(given))),
            typist=maybe(text()),
            copies=maybe(SMALL),
            pages=maybe(SMALL),
            reply_fors=maybe(text()),
            direction=maybe(st.booleans()),
            reference_codes=maybe(text()),
            appendixes=tuples(text()),
        )
    ),
    responses=tuples(RESPONSES),
    steering_type=maybe(st.integers(-9, 9)),
    task_codes=tuples(text()),
    application_type=maybe(text()),
    to_places=tuples(text()),
    trace=st.lists(st.builds(TraceHeader, stamped=TIMES, agency_code=maybe(text())), min_size=1, max_size=3).map(tuple),
    business_info=maybe(BUSINESS),
    has_list_paper=maybe(st.booleans()),
)
STATUSES = st.builds(
    StatusEnvelope,
    reporter=ORGANIZATIONS,
    response=st.builds(ResponseFor, agency_code=CODES, notation=text(), document_id=text(), promulgated=maybe(DATES)),
    status_code=st.sampled_from(StatusCode),
    stamped=TIMES,
    staff=maybe(STAFF),
    description=maybe(text()),
)
FILES = st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=3)


def _attached(files: list[tuple[bytes, bool]]) -> tuple[tuple[Attachment, ...], dict[str, bytes]]:
    made = tuple(
        Attachment(
            content_id=str(number),
            name=f"tệp {number}",
            declared_type="application/x",
            media_type=media_type(data, f"tệp {number}"),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            is_zipped=is_zipped,
            entry_name=f"{number}.bin" if is_zipped else None,
        )
        for number, (data, is_zipped) in enumerate(files)
    )
    return made, {str(number): data for number, (data, _) in enumerate(files)}


@settings(deadline=None)
@given(DOCUMENTS, FILES)
def test_a_document_comes_back(envelope: DocumentEnvelope, files: list[tuple[bytes, bool]]):
    """Reading a written document gives every value and every file's measure."""
    attachments, contents = _attached(files)
    given_envelope = replace(envelope, attachments=attachments)
    assert without_notes(read_bytes(encode(given_envelope, contents))) == given_envelope


@settings(deadline=None)
@given(STATUSES)
def test_a_status_comes_back(envelope: StatusEnvelope):
    """Reading a written status gives every value."""
    assert without_notes(read_bytes(encode(envelope))) == envelope


@st.composite
def damaged_samples(draw: st.DrawFn) -> bytes:
    """Cut, double, move, refill or rename some lines of a sample."""
    lines = sample(draw(st.sampled_from(NAMES))).splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["cut", "double", "move", "refill", "rename"])):
            case "cut":
                lines[at] = b""
            case "double":
                lines[at] *= 2
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "refill":
                before, _, rest = lines[at].partition(b">")
                filling = draw(text() | st.sampled_from(["", " ", "1", "2025/01/01", "H37"]))
                lines[at] = before + b">" + escaped(filling).encode() + b"<" + rest.partition(b"<")[2]
            case _:
                name = draw(st.sampled_from([b"Subject", b"Code", b"Priority", b"Foo"]))
                lines[at] = lines[at].replace(b"OrganId", name)
    return b"".join(lines)


@settings(deadline=None, max_examples=300)
@given(damaged_samples())
def test_a_damaged_sample_is_read_or_refused(data: bytes):
    """Whatever was done to its lines, a sample gives an envelope or `Malformed`, never anything else."""
    with suppress(Malformed):
        read(parse(data), received_at=RECEIVED_AT)


@settings(deadline=None, max_examples=100)
@given(damaged_samples())
def test_both_validators_agree_on_damaged_samples(data: bytes):
    """Whatever libxml2 refuses, xmlschema can explain, and the reverse."""
    try:
        package = skeleton_of(parse(data))
    except Malformed:
        return
    assert schema(package.kind).validate(package.root) == SLOW[package.kind].is_valid(package.root)
