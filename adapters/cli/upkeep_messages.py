"""What the command line says about backups, restores and holds, by key: Vietnamese, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UPKEEP_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # package
        "held": (
            "Giữ nội dung của {what} cho đến khi có lệnh thôi giữ.",
            "The content of {what} stays until it is released.",
        ),
        "released": ("Đã thôi giữ {what}.", "{what} is no longer held."),
        "not-held": ("{what} không bị giữ.", "{what} is not held."),
        "purged-already": (
            "Nội dung của {what} đã được xóa trước đó; không còn gì để giữ.",
            "The content of {what} was purged before; there is nothing left to keep.",
        ),
        # backup
        "backup-done": (
            "Đã sao lưu vào {path}: {rows} dòng dữ liệu, {files} tệp nội dung.",
            "The backup is in {path}: {rows} rows, {files} content files.",
        ),
        "backup-keys": (
            "Không gồm axis.toml và thư mục pki/: hãy giữ bản sao của chúng ở nơi khác.",
            "axis.toml and pki/ are not in it: keep copies of them elsewhere.",
        ),
        "backup-failed": ("Không sao lưu được: {error}", "No backup was made: {error}"),
        "restore-what": (
            "Nêu thư mục sao lưu cần khôi phục, hoặc chỉ --accept-loss.",
            "Name the backup to restore, or --accept-loss alone.",
        ),
        "restore-failed": ("Không khôi phục được: {error}", "Not restored: {error}"),
        "restore-done": (
            "Đã khôi phục bản sao lưu lúc {made_at}: {rows} dòng dữ liệu; từ nay là kỷ nguyên {epoch}.",
            "Restored the backup of {made_at}: {rows} rows; this is epoch {epoch} now.",
        ),
        "restore-checked": (
            "Đã kiểm tra: {receipts} biên nhận và {contents} nội dung đều đúng.",
            "Checked: {receipts} receipts and {contents} contents are all well.",
        ),
        "restore-checked-bad": (
            "Đã kiểm tra {receipts} biên nhận và {contents} nội dung; có {faults} chỗ sai:",
            "Checked {receipts} receipts and {contents} contents; {faults} things are wrong:",
        ),
        "restore-refused": (
            "Máy này biết sự kiện {seq} ({event}), mới hơn bản sao lưu; trục sẽ không khởi động trước khi có bản mới hơn.",
            "This machine knows of event {seq} ({event}), later than the backup; the hub will not start without a newer one.",
        ),
        "restore-accept": (
            "Nếu không còn bản mới hơn: axis restore --accept-loss",
            "If there is none: axis restore --accept-loss",
        ),
        "loss-accepted": (
            "Trục sẽ chạy tiếp, không có phần đã mất; từ nay là kỷ nguyên {epoch}.",
            "The hub goes on without what is lost; this is epoch {epoch} now.",
        ),
        "nothing-lost": (
            "Cơ sở dữ liệu có đủ mọi sự kiện mà máy này biết: không có gì để chấp nhận.",
            "The database has everything that this machine knows of: there is no loss to accept.",
        ),
    }
)
