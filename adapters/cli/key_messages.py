"""What commands about keys and secrets of callers say, by key: Vietnamese, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KEY_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "key-once": (
            "Khóa này chỉ hiện một lần; trục chỉ giữ giá trị băm của nó:",
            "This key is shown once; the hub keeps its digest only:",
        ),
        "key-until": ("Khóa mới dùng được đến {until}.", "The new key is good until {until}."),
        "key-overlap": (
            "Khóa cũ {what} còn dùng được đến {until}.",
            "The old key {what} is good until {until}.",
        ),
        "key-revoked-already": (
            "Khóa {what} đã hết hạn hoặc bị thu hồi; hãy tạo khóa mới bằng axis key add.",
            "The key {what} has expired or was revoked; make a new one with axis key add.",
        ),
        "bad-agency-code": (
            "{what} không thể là mã cơ quan: chỉ gồm chữ cái không dấu, chữ số và . - _, nhiều nhất 35 ký tự.",
            "{what} cannot be an agency code: letters without marks, digits and . - _, at most 35 characters.",
        ),
        "bad-system-id": (
            "{what} không thể là mã hệ thống: chỉ gồm chữ cái không dấu, chữ số và . - _, nhiều nhất 64 ký tự.",
            "{what} cannot be the id of a system: letters without marks, digits and . - _, at most 64 characters.",
        ),
        "webhook-only": (
            "Hệ thống {what} nhận theo kiểu {binding}: không có địa chỉ webhook hay bí mật như vậy để đổi.",
            "The system {what} receives by {binding}: it has no such webhook address or secret to change.",
        ),
        "key-once-webhook": (
            "Bí mật webhook chỉ hiện một lần; bên nhận dùng nó để kiểm tra chữ ký (Standard Webhooks):",
            "The webhook secret is shown once; the receiver checks signatures with it (Standard Webhooks):",
        ),
        "webhook-overlap": (
            "Đến {until}, lời gọi còn được ký kèm bí mật cũ.",
            "Until {until}, calls are also signed with the old secret.",
        ),
        "no-broker": (
            "Trục này không dùng RabbitMQ (broker.url trống), nên không có thông điệp bị loại.",
            "This hub has no RabbitMQ (broker.url is empty), and so no dead letters.",
        ),
        "letters-purged": ("Đã xóa {count} thông điệp bị loại.", "Removed {count} dead letters."),
        "amqp-needs-broker": (
            "Hệ thống kiểu amqp cần RabbitMQ: đặt broker.url trong axis.toml trước.",
            "A system bound amqp needs RabbitMQ: set broker.url in axis.toml first.",
        ),
        "amqp-account-not-made": (
            "Chưa tạo được tài khoản qua API quản trị của RabbitMQ: {detail}.",
            "The management API of RabbitMQ did not make the account: {detail}.",
        ),
        "amqp-account-not-changed": (
            "Chưa đổi được tài khoản qua API quản trị của RabbitMQ: {detail}.",
            "The management API of RabbitMQ did not change the account: {detail}.",
        ),
        "amqp-commands-close": (
            "Tài khoản của hệ thống ở RabbitMQ vẫn vào được; chạy các lệnh sau trên máy chủ RabbitMQ:",
            "The system's account at RabbitMQ is still let in; run these where RabbitMQ runs:",
        ),
        "amqp-commands-open": (
            "Để tài khoản của hệ thống lại vào được RabbitMQ, chạy lệnh sau trên máy chủ RabbitMQ:",
            "To let the system's account in at RabbitMQ again, run this where RabbitMQ runs:",
        ),
        "amqp-commands": (
            "Chạy các lệnh sau trên máy chủ RabbitMQ (tài khoản đã có: change_password thay cho add_user):",
            "Run these where RabbitMQ runs (for an account that exists: change_password in place of add_user):",
        ),
        "amqp-account": (
            "Hệ thống kết nối tới {url} và đọc {queues}; mật khẩu chỉ hiện một lần:",
            "The system connects to {url} and reads {queues}; the password is shown once:",
        ),
        "doctor-secrets-key": ("{path} dùng được", "{path} can be used"),
        "doctor-no-secrets-key": (
            "Không có {path}: hệ thống dùng SDK quốc gia (nếu có) không đăng nhập được",
            "There is no {path}: callers by the national SDK, if any, cannot be let in",
        ),
        "doctor-no-secrets-key-fix": (
            "Khôi phục từ bản sao lưu của pki/; trục chưa có khóa này thì `axis key vxp add` sẽ tạo.",
            "Restore it from the copy of pki/; where there never was one, `axis key vxp add` makes it.",
        ),
        "vxp-secret-once": (
            "Khóa bí mật cho SDK quốc gia, chỉ hiện một lần; trục giữ bản niêm phong:",
            "Secret for the national SDK, shown once; the hub keeps it sealed:",
        ),
        "vxp-secret-overlap": (
            "Khóa cũ {what} còn dùng được đến {until}.",
            "The old secret {what} stays good until {until}.",
        ),
        "vxp-no-secret": ("Hệ thống {what} chưa có khóa bí mật nào.", "System {what} has no secret yet."),
        "upstream-options-needed": (
            "Kết nối tới trục khác cần --url, --system-id và --secret-file.",
            "A connection to another axis needs --url, --system-id and --secret-file.",
        ),
        "upstream-options-only": (
            "--url, --system-id, --secret-file và --reaches chỉ dùng với --binding upstream.",
            "--url, --system-id, --secret-file and --reaches go with --binding upstream only.",
        ),
        "upstream-bad-url": ("Địa chỉ {url} {why}.", "The address {url} {why}."),
        "upstream-bad-prefix": (
            "{prefix} không phải tiền tố mã cơ quan; viết như G22, H37.01 hoặc '*'.",
            "{prefix} is no prefix of agency codes; write it like G22, H37.01 or '*'.",
        ),
        "upstream-secret-empty": ("Tệp {path} không có khóa bí mật.", "There is no secret in {path}."),
        "vxp-bad-network": (
            "Không phải địa chỉ hay mạng (CIDR): {network}",
            "Neither an address nor a network (CIDR): {network}",
        ),
        "request-decided": ("Đã quyết định về yêu cầu này rồi: {what}", "This request was decided before: {what}"),
        "request-done": ("Yêu cầu {what}: {standing}.", "Request {what}: {standing}."),
    }
)
