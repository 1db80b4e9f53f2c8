"""Who is calling: a system by API key or client certificate, or a person by API key.

A key is `axk_<key id>_<secret>` as a bearer token (RFC 6750); a client certificate is bound to its system by its SHA-256. With
both, both must name the same caller. Everything is looked up in the register snapshot of the moment; no request asks the
database who it is.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from hub import keys
from hub.accounts import ApiKey, Caller, Role, Snapshot
from hub.trouble import Refusal

#: Compared with when the key id is unknown, so that the answer takes as long as for a known one.
_NOBODY = "0" * 64


class Presented(Struct, frozen=True):
    """What a request shows of its caller: the `Authorization` field, and the SHA-256 of a proved client certificate."""

    authorization: str | None
    certificate_sha256: str | None = None


class Authenticated(Struct, frozen=True):
    """A caller, and the credentials that proved it: key id, SHA-256 of a certificate, or both."""

    caller: Caller
    credentials: tuple[str, ...]


def authenticate(presented: Presented, snapshot: Snapshot, at: datetime) -> Authenticated:
    """Return the caller of a request; raise `Refusal` authentication-failed, or not-authorised for a suspended one."""
    certificate = presented.certificate_sha256
    if certificate is None:
        key = _key_of(presented.authorization, snapshot, at)
        return Authenticated(_holder(key, snapshot), (key.key_id,))
    by_certificate = _bound_system(certificate, snapshot, at)
    if presented.authorization is None:
        return Authenticated(by_certificate, (certificate,))
    key = _key_of(presented.authorization, snapshot, at)
    if _holder(key, snapshot) != by_certificate:
        raise _failed(
            "The API key and the client certificate belong to different callers.",
            "Khóa API và chứng thư của kết nối thuộc về hai bên khác nhau.",
        )
    return Authenticated(by_certificate, (key.key_id, certificate))


def _key_of(authorization: str | None, snapshot: Snapshot, at: datetime) -> ApiKey:
    key = keys.parse(_token_of(authorization))
    known = None if key is None else snapshot.api_keys.get(key.key_id)
    if key is None or not keys.proves(key, known.secret_sha256 if known else _NOBODY) or known is None:
        raise _failed("The API key is not known.", "Khóa API không đúng.")
    if not known.is_valid(at):
        raise _failed("The API key has expired or was revoked.", "Khóa API đã hết hạn hoặc đã bị thu hồi.")
    return known


def _token_of(authorization: str | None) -> str:
    if authorization is None:
        raise _failed(
            "The request has no API key; send it as `Authorization: Bearer axk_…`, or connect with a client certificate.",
            "Yêu cầu chưa có khóa API; hãy gửi `Authorization: Bearer axk_…`, hoặc kết nối bằng chứng thư của hệ thống.",
        )
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _holder(key: ApiKey, snapshot: Snapshot) -> Caller:
    if key.system_id is not None:
        return _system(key.system_id, snapshot)
    user = snapshot.users.get(key.user_name or "")
    if user is None or not user.is_active:
        raise _suspended()
    return Caller(user.name, user.role)


def _bound_system(sha256: str, snapshot: Snapshot, at: datetime) -> Caller:
    known = snapshot.system_certificates.get(sha256)
    if known is None:
        raise _failed(
            "The client certificate is not bound to a system; have the hub's administrator register it.",
            "Chứng thư của kết nối chưa gắn với hệ thống nào; hãy nhờ người quản trị trục đăng ký.",
        )
    if not known.is_valid(at):
        raise _failed(
            "The client certificate has expired or is not valid yet.",
            "Chứng thư của kết nối đã hết hạn hoặc chưa có hiệu lực.",
        )
    return _system(known.system_id, snapshot)


def _system(system_id: str, snapshot: Snapshot) -> Caller:
    system = snapshot.directory.system(system_id)
    if system is None or not system.is_active:
        raise _suspended()
    return Caller(system.id, Role.SYSTEM)


def _suspended() -> Refusal:
    return Refusal(
        "not-authorised",
        detail="This account is suspended; ask the hub's administrator.",
        detail_vi="Tài khoản này đang bị đình chỉ; hãy liên hệ người quản trị trục.",
    )


def _failed(en: str, vi: str) -> Refusal:
    return Refusal("authentication-failed", detail=en, detail_vi=vi)
