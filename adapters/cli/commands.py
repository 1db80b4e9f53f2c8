"""The table of commands: where each is found, and what it does, in one sentence of Vietnamese and of English.

Commands are named by their import path and loaded when they are called, so that `axis --help` waits for nothing.
"""

from __future__ import annotations

from typing import NamedTuple

Words = tuple[str, str]  #: Vietnamese, English

OWN_HUB: Words = ("Trục của riêng mình", "A hub of one's own")
EXCHANGE: Words = ("Trao đổi văn bản", "Exchange documents")
PROOF: Words = ("Ký và thẩm định, không cần trục", "Sign and verify, offline")
ADMINISTRATION: Words = ("Quản trị trục", "Administer a hub")


class Command(NamedTuple):
    """A command, or a group of commands, below `axis`."""

    group: Words
    name: str
    path: str  #: module below `adapters.cli`, and what in it is the command
    summary: Words


COMMANDS = (
    Command(
        OWN_HUB,
        "init",
        "init:init",
        (
            "Tạo thư mục của một trục: cấu hình, khóa, cơ sở dữ liệu; --demo thêm cơ quan và hệ thống thử nghiệm.",
            "Create a hub's folder: configuration, keys, database; --demo adds agencies and systems.",
        ),
    ),
    Command(OWN_HUB, "serve", "serve:serve", ("Chạy trục.", "Run the hub.")),
    Command(
        OWN_HUB,
        "migrate",
        "serve:migrate",
        ("Đưa cơ sở dữ liệu về dạng mà phiên bản này cần.", "Bring the database to the form that this version needs."),
    ),
    Command(
        OWN_HUB,
        "doctor",
        "doctor:doctor",
        (
            "Kiểm tra thư mục và môi trường của trục; mỗi dòng đạt, không đạt hoặc nêu cách sửa.",
            "Check a hub's folder and surroundings; each line passes, fails or says the fix.",
        ),
    ),
    Command(
        OWN_HUB,
        "backup",
        "backup:backup",
        ("Sao lưu một trục, đang chạy hay không.", "Write a backup of a hub, running or not."),
    ),
    Command(
        OWN_HUB,
        "restore",
        "backup:restore",
        ("Khôi phục một bản sao lưu và kiểm tra toàn bộ.", "Bring a backup back, and check all of it."),
    ),
    Command(
        OWN_HUB,
        "demo",
        "demo.command:demo",
        (
            "Trao đổi các gói tin ký số thật trên một trục dùng tạm và cho thấy điều gì đã xảy ra.",
            "Exchange real signed packages on a throw-away hub and show what happened.",
        ),
    ),
    Command(
        EXCHANGE,
        "compose",
        "compose:compose",
        ("Viết một gói tin edXML từ các trường và tệp.", "Write an edXML package from fields and files."),
    ),
    Command(
        EXCHANGE,
        "send",
        "send:send",
        ("Gửi gói tin vào trục và kiểm tra biên nhận.", "Hand in packages and check the receipts."),
    ),
    Command(
        EXCHANGE,
        "inbox",
        "mailbox:inbox",
        ("Xem những gì đang chờ một hệ thống, khẩn trước.", "Show what waits for a system, urgent first."),
    ),
    Command(
        EXCHANGE,
        "fetch",
        "mailbox:fetch",
        ("Ghi gói tin của một lượt chuyển ra tệp.", "Write the package of a delivery into a file."),
    ),
    Command(
        EXCHANGE,
        "ack",
        "mailbox:ack",
        (
            "Báo rằng gói tin đã được lưu chắc chắn: bên nhận đã nhận.",
            "Say that packages arrived durably: the handover.",
        ),
    ),
    Command(
        EXCHANGE,
        "reject",
        "mailbox:reject",
        (
            "Báo rằng hệ thống không nhận được gói tin (văn thư trả lại văn bản thì dùng trạng thái 02).",
            "Say that a package cannot be taken (transport; a clerk's refusal is status 02).",
        ),
    ),
    Command(
        EXCHANGE,
        "status",
        "status:status",
        (
            "Báo trạng thái xử lý (01 … 16) cho bên gửi của một lượt chuyển.",
            "Report a business status (01 … 16) to the sender of a delivery.",
        ),
    ),
    Command(
        EXCHANGE,
        "recall",
        "recall:recall",
        (
            "Thu hồi một gói tin; cho biết kết quả với từng bên nhận.",
            "Recall a package; says for each recipient what that did.",
        ),
    ),
    Command(
        EXCHANGE,
        "track",
        "track:track",
        ("Xem toàn bộ hành trình của một văn bản.", "Show the whole story of one document."),
    ),
    Command(
        PROOF, "sign", "sign:sign", ("Ký một gói tin bằng khóa của cơ quan.", "Sign a package with an agency's key.")
    ),
    Command(
        PROOF,
        "verify",
        "verify:verify",
        (
            "Thẩm định riêng một gói tin hay biên nhận, với chứng thư gốc từ tệp.",
            "Judge a package or a receipt by itself, with trust anchors from files.",
        ),
    ),
    Command(ADMINISTRATION, "agency", "agency:app", ("Cơ quan trong danh bạ.", "Agencies of the directory.")),
    Command(ADMINISTRATION, "system", "system:app", ("Hệ thống được kết nối.", "Connected systems.")),
    Command(
        ADMINISTRATION, "key", "key:app", ("Khóa API của hệ thống và người dùng.", "API keys of systems and people.")
    ),
    Command(ADMINISTRATION, "user", "user:app", ("Người dùng có vai trò.", "People with a role.")),
    Command(ADMINISTRATION, "package", "package:app", ("Nội dung cần được giữ lại.", "Contents that must be kept.")),
    Command(ADMINISTRATION, "queue", "queue:app", ("Những gì đang chờ và đang kẹt.", "What waits and what is stuck.")),
)
