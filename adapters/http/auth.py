"""Who is calling: an API key `axk_<key id>_<secret>` as a bearer token (RFC 6750), of a system or of a person.

Everything is looked up in the register snapshot of the moment; no request asks the database who it is.
"""

from __future__ import annotations

from datetime import datetime

from hub import keys
from hub.accounts import ApiKey, Caller, Role, Snapshot
from hub.trouble import Refusal

#: Compared with when the key id is unknown, so that the answer takes as long as for a known one.
_NOBODY = "0" * 64


def authenticate(authorization: str | None, snapshot: Snapshot, at: datetime) -> Caller:
    """Return the caller of a request; raise `Refusal` authentication-failed, or not-authorised for a suspended one."""
    key = keys.parse(_token_of(authorization))
    known = None if key is None else snapshot.api_keys.get(key.key_id)
    if key is None or not keys.proves(key, known.secret_sha256 if known else _NOBODY) or known is None:
        raise _failed("The API key is not known.", "Khóa API không đúng.")
    if not known.is_valid(at):
        raise _failed("The API key has expired or was revoked.", "Khóa API đã hết hạn hoặc đã bị thu hồi.")
    return _caller_of(known, snapshot)


def _token_of(authorization: str | None) -> str:
    if authorization is None:
        raise _failed(
            "The request has no API key; send it as `Authorization: Bearer axk_…`.",
            "Yêu cầu chưa có khóa API; hãy gửi `Authorization: Bearer axk_…`.",
        )
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _caller_of(key: ApiKey, snapshot: Snapshot) -> Caller:
    if key.system_id is not None:
        system = snapshot.directory.system(key.system_id)
        if system is not None and system.is_active:
            return Caller(system.id, Role.SYSTEM)
    else:
        user = snapshot.users.get(key.user_name or "")
        if user is not None and user.is_active:
            return Caller(user.name, user.role)
    raise Refusal(
        "not-authorised",
        detail="This account is suspended; ask the hub's administrator.",
        detail_vi="Tài khoản này đang bị đình chỉ; hãy liên hệ người quản trị trục.",
    )


def _failed(en: str, vi: str) -> Refusal:
    return Refusal("authentication-failed", detail=en, detail_vi=vi)
