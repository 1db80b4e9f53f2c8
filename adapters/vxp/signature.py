"""How a request proves itself: the signed JSON of its parameters, and how a server checks it. No I/O.

The signature covers the parameters and, through `hash-file`, the body of sendEdoc. It does not cover method, path, freshness
or the answer, so a server must check ownership of everything that a parameter names.
"""

from __future__ import annotations

import hmac
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

PREFIX = "XroadVnpt-"
HASH_HEADER, SIGN_HEADER, SIGN_HEADER_KEY = f"{PREFIX}hash-header", f"{PREFIX}sign-header", f"{PREFIX}sign-header-key"
VERSION_HEADER, VERSION = f"{PREFIX}version", "3.0.201608"
USER_AGENT = "JAVASDKAgent/1.0.0 XRoad/VPCP"

_SIGNATURE_NAMES = frozenset(name.lower() for name in (HASH_HEADER, SIGN_HEADER, SIGN_HEADER_KEY))
_UNSIGNED_NAMES = _SIGNATURE_NAMES | {VERSION_HEADER.lower()}
_TIMESTAMP = re.compile(r"[0-9]{8}T[0-9]{6}\+[0-9]{4}")
_OPTIONAL_SPACE = b" \t"
_ESCAPED = re.compile('["\\\\\x00-\x1f\u2028\u2029]')
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\r": "\\r", "\n": "\\n", "\b": "\\b", "\f": "\\f"}


class SignatureInvalid(Exception):
    """The headers of a request do not prove who sent it."""


class SignatureMissing(SignatureInvalid):
    """One of the three signature headers is absent, or stands there more than once."""


class SignatureMalformed(SignatureInvalid):
    """`sign-header` is no flat JSON object of strings, or does not agree with `sign-header-key`."""


class ParameterMismatch(SignatureInvalid):
    """A header says something other than the signed text, or was not signed."""


class TimestampMalformed(SignatureInvalid):
    """The parameter `timestamp` is not written as `ddMMyyyyTHHmmss+SSSS`."""


class SecretMismatch(SignatureInvalid):
    """The signature was not made with the secret of this system."""


class Claim(Struct, frozen=True, kw_only=True):
    """What a request says of itself. Nothing of it may be believed before `proven_by` its system's secret."""

    parameters: Mapping[str, str]  #: without prefix, spelt as signed; `docId` and `docid` may both occur
    text: bytes  #: the value of `sign-header` as received
    signature: str

    @property
    def system_id(self) -> str:
        """Who the request says that it comes from; empty when it does not say."""
        return self.parameters.get("systemid", "")

    def proven_by(self, secret: str) -> Mapping[str, str]:
        """Return the parameters when the signature was made with `secret`; raise `SecretMismatch` otherwise."""
        if not hmac.compare_digest(_hmac(secret, self.text).encode(), self.signature.encode()):
            raise SecretMismatch("the signature was not made with the secret of this system")
        return self.parameters


def serialise(parameters: Mapping[str, str]) -> str:
    """Write the text that is signed: prefixed names, string values, no spaces, in the order of `parameters`."""
    return "{" + ",".join(f'"{_escape(PREFIX + name)}":"{_escape(value)}"' for name, value in parameters.items()) + "}"


def signed_headers(parameters: Mapping[str, str], secret: str) -> list[tuple[str, str]]:
    """Return every header of the protocol for a request with `parameters`, in the order in which the SDK sends them."""
    text = serialise(parameters)
    return [
        *((PREFIX + name, value) for name, value in parameters.items()),
        (SIGN_HEADER_KEY, ";".join(parameters)),
        (SIGN_HEADER, text),
        (HASH_HEADER, _hmac(secret, text.encode())),
        ("User-Agent", USER_AGENT),
        (VERSION_HEADER, VERSION),
    ]


def read_claim(headers: Iterable[tuple[bytes, bytes]]) -> Claim:
    """Read what a request claims, from its headers as received. Other headers are passed over.

    1. exactly one each of the three signature headers;
    2. the signed text is a flat object of strings, whose keys are those of `sign-header-key` in the same order;
    3. every signed name is a header with the same value, and no further header of the protocol but `version` is there;
    4. the parameters are taken from the text;
    5. `timestamp` is well formed.

    Whether the secret matches (`Claim.proven_by`) can only be asked once the system is known.

    Raises `SignatureMissing`, `SignatureMalformed`, `ParameterMismatch` or `TimestampMalformed`.
    """
    found = _protocol_headers(headers)
    text, keys, signature = (_only(found, name) for name in (SIGN_HEADER, SIGN_HEADER_KEY, HASH_HEADER))  # 1
    signed = _flat(text)  # 2
    if ";".join(name.removeprefix(PREFIX) for name in signed).encode() != keys:
        raise SignatureMalformed("sign-header-key does not list the names of sign-header")
    _compare(signed, found)  # 3
    parameters = {name.removeprefix(PREFIX): value for name, value in signed.items()}  # 4
    if not is_timestamp(parameters.get("timestamp", "")):  # 5
        raise TimestampMalformed("timestamp is not written as ddMMyyyyTHHmmss+SSSS")
    return Claim(parameters=parameters, text=text, signature=signature.decode("latin-1").lower())


def format_timestamp(at: datetime) -> str:
    """Write a time as the SDK does: the wall clock of `at`, a plus sign, milliseconds on four digits (no zone)."""
    return f"{at:%d%m%Y}T{at:%H%M%S}+{at.microsecond // 1000:04d}"


def is_timestamp(text: str) -> bool:
    """Tell whether `text` is a time as the SDK writes it."""
    return read_timestamp(text) is not None


def read_timestamp(text: str) -> datetime | None:
    """Return the wall clock of a client when it started, whose zone nobody knows; None when it is not written so."""
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.strptime(text[:15], "%d%m%YT%H%M%S")  # noqa: DTZ007 - the client's zone is not told
    except ValueError:
        return None


def odd_hex(digest: bytes) -> str:
    """Write a digest as the SDK writes `hash-file`: hexadecimal without the leading zero of single bytes."""
    return "".join(f"{byte:x}" for byte in digest)


def is_hash_of(text: str, digest: bytes) -> bool:
    """Tell whether `text` is `digest` in the SDK's form or in ordinary hexadecimal."""
    return text.lower() in {odd_hex(digest), digest.hex()}


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _SHORT_ESCAPES.get(found[0], f"\\u{ord(found[0]):04x}"), text)


def _hmac(secret: str, text: bytes) -> str:
    return hmac.digest(secret.encode(), text, "sha256").hex()


def _protocol_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, list[bytes]]:
    """Group the protocol's headers by lower-case name; HTTP names have no case."""
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for raw_name, value in headers:
        name = raw_name.decode("latin-1").lower()
        if name.startswith(PREFIX.lower()):
            found[name].append(value.strip(_OPTIONAL_SPACE))
    return found


def _only(found: Mapping[str, list[bytes]], name: str) -> bytes:
    values = found.get(name.lower(), [])
    if len(values) != 1:
        raise SignatureMissing(f"{name} must stand there exactly once")
    return values[0]


def _flat(text: bytes) -> dict[str, str]:
    """Return the signed text as names and strings, in order."""
    try:
        signed = json.loads(text.decode(), object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise SignatureMalformed("sign-header is no JSON") from error
    if not isinstance(signed, dict) or not all(isinstance(value, str) for value in signed.values()):
        raise SignatureMalformed("sign-header is no flat object of strings")
    if not all(name.startswith(PREFIX) for name in signed):
        raise SignatureMalformed(f"a name of sign-header does not begin with {PREFIX}")
    return signed


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands in the object twice")
    return members


def _compare(signed: Mapping[str, str], found: Mapping[str, list[bytes]]) -> None:
    """Check that the headers say what was signed. Two spellings of one name are two values of one header."""
    expected: defaultdict[str, list[bytes]] = defaultdict(list)
    for name, value in signed.items():
        expected[name.lower()].append(_encoded(value).strip(_OPTIONAL_SPACE))
    for name, values in expected.items():
        received = found.get(name, [])
        # What stands between may have merged equal names into one line (RFC 9110, 5.3).
        if sorted(received) != sorted(values) and received != [b", ".join(values)]:
            raise ParameterMismatch(f"the header {name} does not say what was signed")
    if foreign := sorted(found.keys() - expected.keys() - _UNSIGNED_NAMES):
        raise ParameterMismatch(f"the header {foreign[0]} was not signed")


def _encoded(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise SignatureMalformed("sign-header holds half a character") from error
