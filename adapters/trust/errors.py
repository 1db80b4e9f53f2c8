"""What can be wrong with a key file, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class TrustFault(Exception):
    """A key or certificate file cannot be used. `what` and `fix` are one sentence each, Vietnamese and English."""

    what_en: ClassVar[str]
    what_vi: ClassVar[str]
    fix_en: ClassVar[str]
    fix_vi: ClassVar[str]

    def __init__(self, path: Path, **facts: object) -> None:
        self.path = path
        self._facts = {"path": path, **facts}
        super().__init__(f"{self.what('en')} {self.fix('en')}")

    def what(self, language: str) -> str:
        """Say what is wrong (`vi` or `en`)."""
        return (self.what_vi if language == "vi" else self.what_en).format(**self._facts)

    def fix(self, language: str) -> str:
        """Say what to do about it (`vi` or `en`)."""
        return (self.fix_vi if language == "vi" else self.fix_en).format(**self._facts)


class FileMissing(TrustFault):
    """A configured file does not exist."""

    what_en = "The file {path} does not exist."
    what_vi = "Không có tệp {path}."
    fix_en = "Put it there, or name the right file in the [trust] section of axis.toml."
    fix_vi = "Đặt tệp vào đó, hoặc ghi đúng đường dẫn trong mục [trust] của axis.toml."


class FileUnreadable(TrustFault):
    """The hub's account may not read the file, or it is no plain file."""

    what_en = "The file {path} cannot be read: {error}."
    what_vi = "Không đọc được tệp {path}: {error}."
    fix_en = "Make it a plain file that the account of the hub owns: chown <account> {path}"
    fix_vi = "Bảo đảm đó là tệp thường do tài khoản chạy trục sở hữu: chown <tài khoản> {path}"


class KeyExposed(TrustFault):
    """Others than its owner may read or change the private key."""

    what_en = "The private key {path} has mode {mode}: others may read or change it."
    what_vi = "Khóa bí mật {path} có quyền {mode}: người khác có thể đọc hoặc sửa."
    fix_en = "Close it (chmod 600 {path}), and replace the key if anybody else used this machine."
    fix_vi = "Đóng quyền (chmod 600 {path}), và thay khóa mới nếu có người khác dùng máy này."


class KeyUnusable(TrustFault):
    """The file holds no private key that can seal receipts."""

    what_en = "The file {path} holds no usable sealing key: {error}"
    what_vi = "Tệp {path} không chứa khóa ký biên nhận dùng được: {error}"
    fix_en = "Use an unencrypted PEM key on the curve P-256; `axis init` makes one."
    fix_vi = "Dùng khóa PEM không mật khẩu trên đường cong P-256; `axis init` tạo được khóa này."


class CertificateUnusable(TrustFault):
    """The file holds no readable certificate."""

    what_en = "The file {path} holds no usable certificate: {error}"
    what_vi = "Tệp {path} không chứa chứng thư số dùng được: {error}"
    fix_en = "Put the certificate there in PEM form."
    fix_vi = "Đặt chứng thư số dạng PEM vào tệp này."


class KeyMismatch(TrustFault):
    """The hub's certificate was issued for another key."""

    what_en = "The certificate {path} was not issued for the key {key}."
    what_vi = "Chứng thư số {path} không được cấp cho khóa {key}."
    fix_en = "Use the key that the certificate was issued for, or have a certificate issued for this key."
    fix_vi = "Dùng đúng khóa của chứng thư số, hoặc xin cấp chứng thư số cho khóa này."


class NoAnchors(TrustFault):
    """No trust anchor is configured."""

    what_en = "No trust anchor is configured: no certificate of any agency could be believed."
    what_vi = "Chưa cấu hình chứng thư gốc tin cậy: không thể tin chứng thư số của cơ quan nào."
    fix_en = "Name at least one root certificate under trust.anchors in axis.toml."
    fix_vi = "Ghi ít nhất một chứng thư gốc vào trust.anchors trong axis.toml."


class SecretsKeyUnusable(TrustFault):
    """The file holds no key that secrets could be sealed under."""

    what_en = "The file {path} holds no key for sealed secrets: 32 bytes in base64 were expected."
    what_vi = "Tệp {path} không chứa khóa niêm phong bí mật: cần 32 byte viết theo base64."
    fix_en = "Restore it from the backup of the hub's keys; secrets sealed under a lost key must be issued again."
    fix_vi = "Khôi phục tệp từ bản sao lưu khóa của trục; nếu mất khóa thì phải cấp lại các bí mật đã niêm phong."
