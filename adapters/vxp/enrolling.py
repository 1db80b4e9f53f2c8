"""`registerAgency` and `deleteAgency`: requests that an administrator decides, from systems that may make them.

The signature does not cover the body of registerAgency, so whoever sees one header set of a system could write another
body under it. That is one more reason why a call changes nothing by itself.
"""

from __future__ import annotations

import msgspec
from aiohttp import web
from msgspec import Struct

from adapters.vxp.call import Call
from adapters.vxp.envelope import answer, success
from adapters.vxp.parameters import agency_in
from hub.trouble import Refusal

_TAKEN = "Đã ghi nhận yêu cầu, chờ người quản trị trục phê duyệt"


class Registration(Struct, frozen=True):
    """What the SDK's callers write. `id` is empty for a new agency; what it otherwise names is not needed here."""

    code: str
    name: str
    pcode: str = ""
    mail: str = ""
    mobile: str = ""
    fax: str = ""


async def register(call: Call) -> web.StreamResponse:
    """Ask for an agency, or for a change of one."""
    _require_right(call)
    try:
        asked = msgspec.json.decode(call.body, type=Registration)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(
            "json-invalid",
            detail=f"The body is not the JSON that was expected: {error}.",
            detail_vi='Nội dung phải là JSON: {"id":"","pcode":"…","code":"…","name":"…","mail":"…","mobile":"…","fax":"…"}.',
        ) from error
    contact = msgspec.json.encode({"mail": asked.mail, "mobile": asked.mobile, "fax": asked.fax}).decode()
    await call.services.agency_requests.ask_to_register(
        call.caller,
        code=asked.code.strip(),
        name=asked.name,
        parent=asked.pcode.strip() or None,
        contact=contact,
    )
    return answer(success() | {"ErrorDesc": _TAKEN})


async def delete(call: Call) -> web.StreamResponse:
    """Ask that an agency be closed."""
    _require_right(call)
    await call.services.agency_requests.ask_to_delete(call.caller, agency_in(call.parameters, "AgencyCode"))
    return answer(success() | {"ErrorDesc": _TAKEN})


def _require_right(call: Call) -> None:
    if not call.terms.may_enrol:
        raise Refusal(
            "not-authorised",
            detail="This system may not ask for changes of the directory.",
            detail_vi="Hệ thống này chưa được quyền đăng ký hoặc xóa đơn vị; hãy liên hệ người quản trị trục.",
        )
