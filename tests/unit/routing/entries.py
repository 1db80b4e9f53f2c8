"""A small directory that the tests of this folder share, and a large one."""

from collections.abc import Iterator
from datetime import date

from routing.directory import Directory
from routing.values import Agency, Binding, SignaturePolicy, System

OFFICE = System("sys-office", "Hệ thống văn phòng", Binding.PULL, SignaturePolicy.REQUIRED)
CALLED = System(
    "sys-called", "Hệ thống được gọi", Binding.WEBHOOK, SignaturePolicy.REQUIRED, webhook_url="http://127.0.0.1/"
)
SILENT = System("sys-silent", "Hệ thống đã ngắt", Binding.PULL, SignaturePolicy.TRANSPORT, is_active=False)

PROVINCE = Agency("H37", "Ủy ban nhân dân tỉnh Mẫu", system_id="sys-office", old_codes=("000.00.00.H37",))
FINANCE = Agency("H37.01", "Sở Tài chính", "H37", "sys-office", old_codes=("000.00.01.H37", "H37.81"))
PLANNING = Agency("H37.02", "Sở Kế hoạch và Đầu tư", "H37", "sys-called", valid_to=date(2026, 3, 1))
WATER = Agency("H37.03", "Đường thủy nội địa", "000.00.00.H37", "sys-called", valid_from=date(2026, 6, 1))
SUSPENDED = Agency("H37.04", "Trung tâm Tạm dừng", "H37", "sys-called", is_suspended=True)
UNCONNECTED = Agency("H37.05", "Trạm Chưa nối", "H37")
SWITCHED_OFF = Agency("H37.06", "Trạm Đã ngắt", "H37", "sys-silent")
ORPHAN = Agency("H37.07", "Trạm Mất hệ thống", "H37", "sys-gone")
TWIN_A = Agency("H37.08", "Phòng Một", "H37", "sys-office", old_codes=("000.00.99.H37",))
TWIN_B = Agency("H37.09", "Phòng Hai", "H37", "sys-office", old_codes=("000.00.99.H37",))
MERGED = Agency("H37.10", "Sở Tài chính và Đầu tư", "H37", "sys-called", old_codes=("H37.02",))

AGENCIES = (
    MERGED, PROVINCE, FINANCE, PLANNING, WATER, SUSPENDED, UNCONNECTED, SWITCHED_OFF, ORPHAN, TWIN_A, TWIN_B,
)  # fmt: skip
SYSTEMS = (OFFICE, CALLED, SILENT)


def small() -> Directory:
    return Directory.build(SYSTEMS, AGENCIES, version=7)


def many(count: int) -> Iterator[Agency]:
    """Agencies of three levels with names of ordinary length, each with an old code."""
    for number in range(count):
        province, office, unit = number // 2000, number // 50 % 40, number % 50
        parent = f"H{province:02}.{office:02}"
        name = f"Phòng Nghiệp vụ số {unit} thuộc Sở thứ {office} tỉnh thứ {province}"
        yield Agency(
            f"{parent}.{unit:02}", name, parent, f"sys-{number % 900}", (f"{unit:03}.00.{office:02}.H{province:02}",)
        )
