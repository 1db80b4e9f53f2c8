"""The business statuses of edXML in words (QCVN 102:2016 as implemented; QĐ 28/2018/QĐ-TTg article 10)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from adapters.cli.language import current

#: code -> (Vietnamese, English)
STATUS_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "01": ("đã đến", "arrived"),
        "02": ("từ chối tiếp nhận", "refused"),
        "03": ("đã tiếp nhận", "accepted"),
        "04": ("phân công", "assigned"),
        "05": ("đang xử lý", "in progress"),
        "06": ("hoàn thành", "finished"),
        "13": ("lấy lại", "recall asked"),
        "15": ("đồng ý", "agreed"),
        "16": ("không đồng ý", "disagreed"),
    }
)

#: state -> (Vietnamese, English)
STATE_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "accepted": ("đã tiếp nhận vào trục", "accepted by the hub"),
        "queued": ("trong hàng đợi", "in the queue"),
        "consigned": ("chờ bên nhận lấy", "ready for the recipient"),
        "handed_over": ("đã bàn giao", "handed over"),
        "withdrawn": ("đã thu hồi trước bàn giao", "withdrawn before handover"),
        "refused": ("hệ thống nhận từ chối", "refused by the recipient's system"),
        "expired": ("quá hạn", "expired"),
        "dead": ("không chuyển được", "undeliverable"),
    }
)


def status_name(code: str) -> str:
    """Name a status; an unknown code names itself."""
    return _in_language(STATUS_NAMES.get(code), code)


def state_name(state: str) -> str:
    """Name a delivery's state; an unknown one names itself."""
    return _in_language(STATE_NAMES.get(state), state)


def _in_language(names: tuple[str, str] | None, otherwise: str) -> str:
    return otherwise if names is None else names[0 if current() == "vi" else 1]
