"""What is wrong with a command line, by key: Vietnamese, English. Every one is followed by where to look further."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

USAGE_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "usage-see": ("Xem cách dùng: {command} --help", "See how it is used: {command} --help"),
        "usage-near": ("{problem} Có phải ý bạn là {near}?", "{problem} Did you mean {near}?"),
        "usage-command": (
            "Không có lệnh {command} {given}. Các lệnh: {known}.",
            "There is no command {command} {given}. There are: {known}.",
        ),
        "usage-option": ("{command} không có tùy chọn {given}.", "{command} has no option {given}."),
        "usage-too-many": (
            "{command} không cần thêm {given}; bỏ đi, hoặc đặt giá trị có dấu cách trong dấu nháy.",
            "{command} takes nothing more, such as {given}: leave it out, or put a value with blanks into quotes.",
        ),
        "usage-missing": ("{command} còn thiếu {name}.", "{command} needs {name}."),
        "usage-no-value": ("{name} cần một giá trị đứng sau.", "{name} needs a value behind it."),
        "usage-twice": ("{name} chỉ được ghi một lần.", "{name} may be given once only."),
        "usage-choice": (
            "{name} không nhận {given}; chọn một trong: {known}.",
            "{name} takes one of {known}, not {given}.",
        ),
        "usage-whole": ("{name} phải là số nguyên, không phải {given}.", "{name} must be a whole number, not {given}."),
        "usage-number": ("{name} phải là một số, không phải {given}.", "{name} must be a number, not {given}."),
        "usage-yes-no": (
            "{name} là có hoặc không: chỉ ghi {name}, không kèm {given}.",
            "{name} is given or not: write {name} alone, without {given}.",
        ),
        "usage-value": ("{name} không nhận giá trị {given}.", "{name} does not take the value {given}."),
        "usage-range": (
            "{name} phải từ {least} đến {most}, không phải {given}.",
            "{name} must be from {least} to {most}, not {given}.",
        ),
        "usage-named-too": (
            "{given} đứng sau một giá trị đã ghi kèm tên: ghi {name} {given}.",
            "{given} stands behind a value that was given by its name: write {name} {given}.",
        ),
        "usage-other": ("Dòng lệnh không hiểu được: {error}", "The command line cannot be understood: {error}"),
    }
)
