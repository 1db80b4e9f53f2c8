"""Our problems in the axis's numbers: what an `ErrorCode` says to programs, and the sentence that it comes with.

The numbers are those that hubs in use answer with (`docs/vxp.md` lists them). Programs repeat 20 and 21 by themselves and give up
on the others, so a problem that may pass gets one of these two.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hub.problems import CATALOGUE, Problem
from hub.trouble import Fault, Refusal, Trouble

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "10": "Tệp hoặc mã văn bản không dùng được",
        "15": "Sai mã hệ thống, khóa bí mật, hoặc không có quyền",
        "18": "Đơn vị nhận không tồn tại",
        "19": "Đơn vị gửi chưa đăng ký cho hệ thống này",
        "20": "Lỗi hệ thống, gửi lại sau",
        "21": "Lỗi xử lý tệp, gửi lại",
        "22": "edXML hoặc tham số không đúng quy định",
        "23": "Đơn vị nhận đang bị khóa",
    }
)

_UNREADABLE = (
    "xml-not-well-formed",
    "xml-dtd-forbidden",
    "xml-encoding-unsupported",
    "xml-limit-exceeded",
    "body-too-large",
    "not-found",
    "delivery-ended",
    "delivery-not-consigned",
    "method-not-allowed",
)
_CREDENTIALS = ("authentication-failed", "not-authorised")
_PASSING = ("content-digest-mismatch", "request-inconsistent", "request-timeout", "request-in-progress")
_HERE = ("defect", "integrity-error", "log-rollback-detected", "quota-exceeded")

_CODES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(_UNREADABLE, "10"),
        **dict.fromkeys(_CREDENTIALS, "15"),
        "recipient-unknown": "18",
        "sender-mismatch": "19",
        **dict.fromkeys(_HERE, "20"),
        **dict.fromkeys(_PASSING, "21"),
    }
)
_RECIPIENT_LOCKED = "recipient-suspended"  #: rule of the fault that names a suspended recipient
_SHOWN_FAULTS = 5
_HEADER = "/edXML/edXMLEnvelope/edXMLHeader/"


def code_of(trouble: Trouble) -> str:
    """Return the `ErrorCode` of a trouble."""
    if trouble.code == "recipient-unknown" and trouble.faults:
        is_locked = all(fault.rule == _RECIPIENT_LOCKED for fault in trouble.faults)
        return "23" if is_locked else "18"
    return code_of_problem(CATALOGUE.get(trouble.code, CATALOGUE["defect"]))


def code_of_problem(problem: Problem) -> str:
    """Return the `ErrorCode` of a row of the catalogue: what may pass is 20, what the message must mend is 22."""
    return _CODES.get(problem.code) or ("20" if problem.is_retryable else "22")


def reason_of(trouble: Trouble) -> str:
    """Return the sentence for `ErrorDesc`, in Vietnamese: what is wrong, where, and what to do."""
    problem = CATALOGUE.get(trouble.code, CATALOGUE["defect"])
    if trouble.faults:
        told = [_told(fault) for fault in trouble.faults[:_SHOWN_FAULTS]]
        more = len(trouble.faults) - len(told)
        return " ".join((*told, f"(và {more} lỗi khác)") if more > 0 else told)
    if isinstance(trouble, Refusal):
        return trouble.detail_vi or f"{problem.cause.vi} {problem.fix.vi}"
    if problem.is_retryable:
        return f"{problem.cause.vi} Hãy gửi lại sau ít phút; chưa có gì được ghi."
    return f"{problem.cause.vi} Hãy báo cho người vận hành trục."


def _told(fault: Fault) -> str:
    place = fault.path.removeprefix(_HEADER)
    if not place or fault.rule.startswith("recipient-"):
        return fault.vi
    return f"Dòng {fault.line}, {place}: {fault.vi}" if fault.line else f"{place}: {fault.vi}"
