"""Vietnamese help of `axis key`."""

from __future__ import annotations

KEYS = {
    "API keys of systems and people.": "Khóa API của hệ thống và người dùng.",
    "List keys by id, with the time when each was last seen, to about a minute; nobody can show their secrets.": (
        "Liệt kê khóa theo mã, cùng lần cuối được dùng, chính xác đến khoảng một phút; không ai xem lại được phần bí mật."
    ),
    "Only keys of this system.": "Chỉ khóa của hệ thống này.",
    "Show one key, but never its secret.": "Xem một khóa, nhưng không bao giờ xem phần bí mật.",
    "The part of the key between its two underscores.": "Phần của khóa nằm giữa hai dấu gạch dưới.",
    "Make a key and show it once. Keys overlap: add the new one, switch over, then revoke the old one.": (
        "Tạo một khóa và chỉ hiện một lần. Khóa có thể song song: thêm khóa mới, chuyển sang dùng, rồi thu hồi khóa cũ."
    ),
    "The system that the key is for.": "Hệ thống được cấp khóa.",
    "The person that the key is for.": "Người được cấp khóa.",
    "Days until it expires; by default it does not.": "Số ngày đến khi hết hạn; mặc định không hết hạn.",
    "Make a new key for the holder of an old one and show it once; both are good until the overlap has passed.": (
        "Tạo khóa mới cho chủ của một khóa cũ và chỉ hiện một lần; cả hai dùng được cho đến hết thời gian song song."
    ),
    "The part of the old key between its two underscores.": "Phần của khóa cũ nằm giữa hai dấu gạch dưới.",
    "Hours until the old key expires.": "Số giờ đến khi khóa cũ hết hạn.",
    "Days until the new key expires; by default as many as the old one was given, or 365.": (
        "Số ngày đến khi khóa mới hết hạn; mặc định bằng số ngày đã cấp cho khóa cũ, hoặc 365."
    ),
    "Revoke a key from now on.": "Thu hồi một khóa kể từ bây giờ.",
    # vxp
    "Secrets for the national SDK's protocol.": "Bí mật cho giao thức của SDK quốc gia.",
    "List secrets by id, with the time when each was last used, to about a minute; nobody can show them.": (
        "Liệt kê bí mật theo mã, cùng lần cuối được dùng, chính xác đến khoảng một phút; không ai xem lại được."
    ),
    "Make a secret and show it once. Secrets overlap: add the new one, switch over, then revoke the old one.": (
        "Tạo một bí mật và chỉ hiện một lần. Bí mật có thể song song: thêm cái mới, chuyển sang dùng, rồi thu hồi cái cũ."
    ),
    "The system; to the SDK it is the systemid.": "Hệ thống; với SDK đó là systemid.",
    "Make a new secret and show it once; the present ones are good until the overlap has passed.": (
        "Tạo bí mật mới và chỉ hiện một lần; các bí mật hiện có dùng được cho đến hết thời gian song song."
    ),
    "Hours until the present secrets expire.": "Số giờ đến khi các bí mật hiện có hết hạn.",
    "Revoke a secret from now on.": "Thu hồi một bí mật kể từ bây giờ.",
    "Its id, as the list prints it.": "Mã của bí mật, như danh sách in ra.",
}
