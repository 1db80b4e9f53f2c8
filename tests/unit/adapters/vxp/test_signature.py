"""Signing and verifying requests of the national SDK; the vectors were captured from the SDK itself."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest

from adapters.vxp.signature import (
    HASH_HEADER,
    PREFIX,
    SIGN_HEADER,
    SIGN_HEADER_KEY,
    ParameterMismatch,
    SecretMismatch,
    SignatureMalformed,
    SignatureMissing,
    TimestampMalformed,
    format_timestamp,
    is_hash_of,
    odd_hex,
    read_claim,
    read_timestamp,
    serialise,
    signed_headers,
)

SECRET = "khoa-vi-du"
FILE = "Xin chào 0\n".encode()
ODD = "6f60989ac45adb19ea3a42606cfaede4964b80b39c4adb506bb22ef8818688"
SEND = {
    "systemid": "H37.01",
    "servicetype": "eDoc",
    "messagetype": "edoc",
    "hash-file": ODD,
    "from": "H37.01",
    "timestamp": "14032025T080000+0123",
    "Content-Type": "application/octet-stream",
}
DIRECTORY = {"systemid": "G22", "timestamp": "14032025T080000+0123", "Content-Type": "application/json"}


def received(parameters: dict[str, str], secret: str = SECRET) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in signed_headers(parameters, secret)]


def replaced(headers: list[tuple[bytes, bytes]], name: str, value: bytes) -> list[tuple[bytes, bytes]]:
    return [(each, value if each == name.encode() else old) for each, old in headers]


def test_file_digest_has_no_leading_zeros():
    """`hash-file` of the captured file has 62 digits."""
    digest = hashlib.sha256(FILE).digest()
    assert odd_hex(digest) == ODD
    assert digest.hex() == "6f60989ac45adb19ea3a42606cfaede4964b80b39c4adb506bb22ef808180688"


def test_both_forms_of_the_file_digest_are_known():
    """The SDK's form and ordinary hexadecimal both name the file; another digest does not."""
    digest = hashlib.sha256(FILE).digest()
    assert is_hash_of(ODD, digest)
    assert is_hash_of(digest.hex().upper(), digest)
    assert not is_hash_of(ODD, hashlib.sha256(FILE + b"\r\n").digest())


@pytest.mark.parametrize(
    "parameters, signature",
    [
        (SEND, "50abd132c247e947cd1e08b9a6904360cb34bd6334a317e052e84154395d97fa"),
        (DIRECTORY, "af61fe97e14d599a93e657f8ed0736e132ae4933878fe79a72db0a5629f10802"),
    ],
    ids=["sendEdoc", "directory"],
)
def test_captured_requests_are_signed_identically(parameters, signature):
    """The same parameters in the same order give the captured signature."""
    assert dict(signed_headers(parameters, SECRET))[HASH_HEADER] == signature


def test_captured_text_is_written_identically():
    """The signed text has no spaces and prefixed names."""
    assert serialise(DIRECTORY) == (
        '{"XroadVnpt-systemid":"G22","XroadVnpt-timestamp":"14032025T080000+0123",'
        '"XroadVnpt-Content-Type":"application/json"}'
    )


def test_only_what_the_sdk_escapes_is_escaped():
    """Quotes, backslashes, controls and two line separators are escaped; everything else is written as it is."""
    written = serialise({"a": "\"\\\t\r\n\b\f\x01\x1f\u2028\u2029<>&'=/Đ"})
    assert written == '{"XroadVnpt-a":"\\"\\\\\\t\\r\\n\\b\\f\\u0001\\u001f\\u2028\\u2029<>&\'=/Đ"}'


def test_time_is_written_with_four_digits_of_milliseconds():
    """What looks like a zone is the milliseconds."""
    assert format_timestamp(datetime(2025, 3, 14, 8, 0, 0, 123_456)) == "14032025T080000+0123"  # noqa: DTZ001 - wall clock


@pytest.mark.parametrize(
    "text", ["", "14032025T080000", "31022025T080000+0000", "14032025t080000+0123", "14032025T080000+012"]
)
def test_other_times_are_not_read(text):
    """A time that does not exist or is written otherwise is none."""
    assert read_timestamp(text) is None


def test_signed_request_is_proven():
    """What was signed is read and proven by the same secret, in any order of headers."""
    claim = read_claim(reversed([*received(SEND), (b"Host", b"hub.example")]))
    assert claim.system_id == "H37.01"
    assert claim.proven_by(SECRET) == SEND


def test_other_secret_does_not_prove():
    """A claim is not proven by another secret."""
    with pytest.raises(SecretMismatch):
        read_claim(received(SEND)).proven_by("khoa-khac")


def test_changed_text_is_not_proven():
    """One other character in the text and in its header breaks the signature."""
    headers = received(DIRECTORY)
    changed = replaced(headers, PREFIX + "systemid", b"G23")
    text = dict(headers)[SIGN_HEADER.encode()].replace(b"G22", b"G23")
    with pytest.raises(SecretMismatch):
        read_claim(replaced(changed, SIGN_HEADER, text)).proven_by(SECRET)


def test_text_is_taken_as_received():
    """A text with spaces that was signed as it stands is proven: nothing is written anew before the check."""
    import hmac

    headers = received(DIRECTORY)
    text = dict(headers)[SIGN_HEADER.encode()].replace(b'":"', b'" : "')
    signature = hmac.digest(SECRET.encode(), text, "sha256").hex().encode()
    claim = read_claim(replaced(replaced(headers, SIGN_HEADER, text), HASH_HEADER, signature))
    assert claim.proven_by(SECRET)["systemid"] == "G22"


@pytest.mark.parametrize("name", [SIGN_HEADER, SIGN_HEADER_KEY, HASH_HEADER])
def test_signature_headers_stand_once(name):
    """None, or two, of a signature header are refused."""
    headers = received(SEND)
    with pytest.raises(SignatureMissing):
        read_claim(each for each in headers if each[0] != name.encode())
    with pytest.raises(SignatureMissing):
        read_claim([*headers, (name.lower().encode(), dict(headers)[name.encode()])])


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b'{"XroadVnpt-a":1}', b'{"a":"b"}', b'{"XroadVnpt-a":"1","XroadVnpt-a":"2"}', b"\xff", b"[" * 100_000],
    ids=["empty", "list", "number", "no-prefix", "twice", "no-text", "deep"],
)
def test_odd_texts_are_refused(text):
    """Whatever is no flat object of prefixed strings is refused with a reason of its own."""
    with pytest.raises(SignatureMalformed):
        read_claim(replaced(received(SEND), SIGN_HEADER, text))


def test_keys_are_listed_in_order():
    """`sign-header-key` must list the names of the text in their order."""
    with pytest.raises(SignatureMalformed):
        read_claim(replaced(received(DIRECTORY), SIGN_HEADER_KEY, b"timestamp;systemid;Content-Type"))


def test_header_may_not_differ_from_text():
    """A header that says something other than the signed text is refused."""
    with pytest.raises(ParameterMismatch):
        read_claim(replaced(received(SEND), PREFIX + "from", b"H37.02"))


def test_signed_parameter_may_not_be_absent():
    """A signed name without its header is refused."""
    with pytest.raises(ParameterMismatch):
        read_claim(each for each in received(SEND) if each[0] != b"XroadVnpt-from")


def test_unsigned_parameter_is_refused():
    """A header of the protocol that was not signed is refused; `version` is not signed and passes."""
    with pytest.raises(ParameterMismatch):
        read_claim([*received(SEND), (b"xroadvnpt-to", b"G22")])


def test_two_spellings_of_one_name_stay_apart():
    """`docId` and `docid` are two parameters and one header name; a proxy may have merged them into one line."""
    parameters = {"docId": "old", "docid": "new", **DIRECTORY}
    headers = received(parameters)
    assert read_claim(headers).parameters["docid"] == "new"
    merged = [each for each in headers if each[0].lower() != b"xroadvnpt-docid"] + [(b"XroadVnpt-docId", b"old, new")]
    assert read_claim(merged).parameters["docId"] == "old"


def test_outer_space_of_values_is_lost_on_the_way():
    """HTTP strips white space around a value; the text keeps it."""
    parameters = {"filePath": " xml ", **DIRECTORY}
    headers = replaced(received(parameters), PREFIX + "filePath", b"xml")
    assert read_claim(headers).proven_by(SECRET)["filePath"] == " xml "


def test_wrong_timestamp_is_refused():
    """A request without a time as the SDK writes it is refused."""
    with pytest.raises(TimestampMalformed):
        read_claim(received({**DIRECTORY, "timestamp": "2025-03-14T08:00:00Z"}))
