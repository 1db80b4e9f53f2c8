"""What the command line says about agencies' certificates and about revocation, by key: Vietnamese, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CERTIFICATE_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo-wraps": (
            "giấu văn bản đã ký trong một văn bản khác: bị từ chối",
            "hides a signed document inside another one: refused",
        ),
        "demo-revoked": (
            "ký bằng chứng thư số đã bị thu hồi: bị từ chối",
            "signs with a certificate that was revoked: refused",
        ),
        "demo-expired": (
            "ký bằng chứng thư số đã hết hạn: bị từ chối",
            "signs with a certificate that has expired: refused",
        ),
        "doctor-agencies": (
            "{count} cơ quan có chứng thư số còn hạn hơn 60 ngày",
            "{count} agencies have certificates for more than 60 days",
        ),
        "doctor-agencies-ending": (
            "số cơ quan sắp hết hạn chứng thư (không có chứng thư mới hơn): {counts}",
            "agencies whose last certificate ends soon: {counts}",
        ),
        "doctor-agencies-ending-fix": (
            "Xin chứng thư mới và đăng ký song song với chứng thư cũ: axis agency certify MÃ TỆP",
            "Have new certificates issued and register them beside the old ones: axis agency certify CODE FILE",
        ),
        "doctor-revocation-off": (
            "không kiểm tra chứng thư số bị thu hồi (trust.revocation.mode = off)",
            "revoked certificates are not recognised (trust.revocation.mode = off)",
        ),
        "doctor-revocation-off-fix": (
            "Ghi CRL của các tổ chức chứng thực vào trust.revocation.crl rồi đặt trust.revocation.mode = require.",
            "Name the authorities' CRLs under trust.revocation.crl, then set trust.revocation.mode = require.",
        ),
        "doctor-revocation": (
            "{count} nguồn thu hồi, đều còn hiệu lực, sớm nhất đến {until}",
            "{count} sources of revocation evidence, all fresh, the soonest until {until}",
        ),
        "doctor-revocation-none": (
            "không có nguồn thu hồi nào: mọi gói tin có chữ ký sẽ nhận 503 revocation-unavailable",
            "no source of revocation evidence: every signed package will get 503 revocation-unavailable",
        ),
        "doctor-revocation-none-fix": (
            "Ghi CRL của các tổ chức chứng thực vào trust.revocation.crl.",
            "Name the authorities' CRLs under trust.revocation.crl.",
        ),
        "doctor-revocation-stale": (
            "{place}: quá hạn nhưng còn trong thời gian ân hạn đến {until}. {why}",
            "{place}: past its nextUpdate, serves within the grace time until {until}. {why}",
        ),
        "doctor-revocation-stale-fix": (
            "Kiểm tra đường tới nguồn này trước khi hết ân hạn; sau đó gói tin liên quan nhận 503.",
            "Mend the way to this source before the grace time ends; after it packages that need it get 503.",
        ),
        "doctor-revocation-away": (
            "{place}: không có dữ liệu thu hồi dùng được. {why}",
            "{place}: no usable evidence. {why}",
        ),
        "doctor-revocation-away-fix": (
            "Kiểm tra địa chỉ, tệp, và chứng thư của tổ chức ký CRL trong trust.anchors, trust.intermediates.",
            "Check the address or file, and that who signs it stands in trust.anchors or trust.intermediates.",
        ),
    }
)
