"""Every sentence of the command line in Vietnamese and English, by key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from adapters.cli.certificate_messages import CERTIFICATE_MESSAGES
from adapters.cli.doctor_messages import DOCTOR_MESSAGES
from adapters.cli.key_messages import KEY_MESSAGES
from adapters.cli.language import current
from adapters.cli.upkeep_messages import UPKEEP_MESSAGES
from adapters.cli.usage_messages import USAGE_MESSAGES

#: key -> (Vietnamese, English)
_CATALOGUE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **CERTIFICATE_MESSAGES,
        **DOCTOR_MESSAGES,
        **KEY_MESSAGES,
        **UPKEEP_MESSAGES,
        **USAGE_MESSAGES,
        # finding the hub
        "hub-unreachable": (
            "Trục có đang chạy không? Kiểm tra bằng `axis doctor`; chọn địa chỉ bằng --url hoặc AXIS_URL.",
            "Is the hub running? Check with `axis doctor`; choose its address with --url or AXIS_URL.",
        ),
        "no-key": (
            "Chưa có khóa API: dùng --key, AXIS_API_KEY, hoặc tệp credentials.json của trục thử nghiệm.",
            "No API key: use --key, AXIS_API_KEY, or the credentials.json of a demo hub.",
        ),
        "say-as": (
            "Làm việc thay cho cơ quan nào? Thêm --as với một trong các mã: {agencies}",
            "On behalf of which agency? Add --as with one of: {agencies}",
        ),
        "unknown-as": (
            "Tệp credentials không có cơ quan hay hệ thống {name}. Đang có: {agencies}",
            "The credentials file knows no agency or system {name}. It has: {agencies}",
        ),
        "bad-url": (
            "{url} không phải địa chỉ của trục: phải bắt đầu bằng http:// hoặc https://, ví dụ https://axis.example.vn:8443.",
            "{url} is no address of a hub: it must begin with http:// or https://, such as https://axis.example.vn:8443.",
        ),
        "bad-key": (
            "Khóa API có ký tự không thể có trong khóa: hãy chép lại nguyên khóa `axk_…`.",
            "The API key has characters that no key has: copy the whole `axk_…` again.",
        ),
        "credentials-unreadable": ("Không đọc được {path}: {error}", "{path} cannot be read: {error}"),
        "unexpected": (
            "Lỗi ngoài dự kiến ({kind}): {error}. Chạy lại với --debug và báo cho người phát triển.",
            "Unexpected error ({kind}): {error}. Run again with --debug and report it.",
        ),
        # init
        "not-empty": (
            "{path} đã tồn tại và không trống; axis init không ghi đè. Chọn thư mục khác hoặc tự xóa thư mục này.",
            "{path} exists and is not empty; axis init overwrites nothing. Choose another folder or remove it yourself.",
        ),
        "bad-hub-code": (
            "Mã trục {code} không hợp lệ: một chữ cái và hai chữ số, có thể kèm các nhóm sau dấu chấm, ví dụ H99.",
            "The hub code {code} is not valid: a letter and two digits, then groups after dots if any, such as H99.",
        ),
        "no-directory": (
            "Không tìm thấy development.toml (danh bạ thử nghiệm) trong {places}.",
            "development.toml (the demo's directory) is in none of {places}.",
        ),
        "init-done": ("Đã tạo trục {code} trong {path}.", "Created hub {code} in {path}."),
        "init-demo": (
            "Trục thử nghiệm: mọi mật khẩu và khóa nằm trong {path}; không dùng cho dữ liệu thật.",
            "A demo hub: every password and key is in {path}; not for real data.",
        ),
        "init-enrol": (
            "Tiếp theo: xin chứng thư số cho khóa của trục từ {csr}, thay {certificate}, thêm chứng thư gốc vào trust.anchors.",
            "Next: have the hub's key certified from {csr}, replace {certificate}, add root certificates to trust.anchors.",
        ),
        "init-enrol-systems": (
            "Rồi đăng ký: axis system add, axis agency add, axis agency certify, axis key add.",
            "Then enrol: axis system add, axis agency add, axis agency certify, axis key add.",
        ),
        "database-not-empty": (
            "Cơ sở dữ liệu {url} đã có bảng; hãy dùng một cơ sở dữ liệu trống.",
            "The database {url} holds tables already; name an empty one.",
        ),
        "init-serve": ("Chạy: axis serve --config {path}", "Run it: axis serve --config {path}"),
        # serve
        "serve-at": ("Trục {code} phục vụ tại {url}", "Hub {code} serves at {url}"),
        "serve-courier": (
            "Tiến trình chuyển phát của trục {code}; không phục vụ hệ thống nào, chỉ cho theo dõi:",
            "Courier of hub {code}; serves no system, only those who watch it:",
        ),
        "port-taken": (
            "Không mở được {address}: {error}. Chọn cổng khác bằng --port, hoặc xem axis doctor.",
            "{address} cannot be opened: {error}. Choose another port with --port, or see axis doctor.",
        ),
        "socket-taken": (
            "Một tiến trình khác đang nghe ở {path}. Hãy dừng tiến trình đó, hoặc đặt listen.unix_socket khác cho trục này.",
            "Another process listens on {path}. Stop it, or give this hub a listen.unix_socket of its own.",
        ),
        "serve-login": ("  đăng nhập {role}: {name} / {password}", "  log in as {role}: {name} / {password}"),
        "serve-try": ("  thử ngay:", "  try:"),
        "serve-stop": ("  dừng: Ctrl-C", "  stop: Ctrl-C"),
        "workers-embedded": (
            "--workers từ 2 trở lên cần PostgreSQL (storage.url) và không dùng listen.unix_socket; SQLite chạy một tiến trình.",
            "--workers above 1 needs PostgreSQL (storage.url) and no listen.unix_socket; on SQLite a hub is one process.",
        ),
        "role-embedded": (
            "--role {role} cần PostgreSQL (storage.url); trên SQLite mọi vai trò chạy trong một tiến trình (--role all).",
            "--role {role} needs PostgreSQL (storage.url); on SQLite one process has every role (--role all).",
        ),
        "role-console": (
            "Phiên bản này chưa có bảng điều khiển (console).",
            "The console is not part of this release yet.",
        ),
        "not-migrated": (
            "Cơ sở dữ liệu chưa đúng phiên bản: chạy axis migrate --config {config}",
            "The database is not that of this version: run axis migrate --config {config}",
        ),
        "migrated": ("Cơ sở dữ liệu đã ở phiên bản mới nhất: {url}", "The database is up to date: {url}"),
        # packages
        "sent": ("{file}: đã tiếp nhận, gói {package}", "{file}: accepted, package {package}"),
        "sent-again": (
            "{file}: đã được tiếp nhận trước đó, gói {package}",
            "{file}: was accepted before, package {package}",
        ),
        "sent-recipient": ("  {recipient}: {state}", "  {recipient}: {state}"),
        "sent-refused": ("{file}: bị từ chối", "{file}: refused"),
        "sent-failed": ("{file}: chưa gửi được", "{file}: not sent"),
        "receipt-good": (
            "  biên nhận {event} hợp lệ, do trục {hub} ký lúc {at}",
            "  receipt {event} holds, signed by hub {hub} at {at}",
        ),
        "receipt-bad": ("  BIÊN NHẬN KHÔNG ĐÁNG TIN: {reason}", "  RECEIPT NOT TO BE BELIEVED: {reason}"),
        "receipt-unchecked": (
            "  chưa kiểm tra biên nhận: thêm --trust với chứng thư gốc của trục",
            "  receipt not checked: add --trust with the hub's root certificate",
        ),
        "no-sender": (
            "{file}: không xác định được cơ quan gửi; thêm --as.",
            "{file}: the sending agency cannot be told from it; add --as.",
        ),
        "composed": (
            "Đã ghi {path} ({size} byte), mã văn bản {document_id}",
            "Wrote {path} ({size} bytes), document {document_id}",
        ),
        "bad-code-form": (
            "Số và ký hiệu phải có dạng số/ký hiệu, ví dụ 125/BC-SM, không phải {value}.",
            "Number and notation look like 125/BC-SM, not {value}.",
        ),
        "target-needed": (
            "--business {business} cần --target với mã văn bản trước đó.",
            "--business {business} needs --target with the id of the earlier document.",
        ),
        "exists": ("{path} đã tồn tại; không ghi đè.", "{path} exists and is not overwritten."),
        "signed": ("Đã ký: {path}", "Signed: {path}"),
        # mailbox
        "inbox-empty": (
            "Hộp đến trống; văn bản vừa hiện cho một lần lấy trước được giữ chỗ cho lần lấy đó vài phút.",
            "The inbox is empty; what an earlier call was shown is kept for that call for some minutes.",
        ),
        "fetched": ("Đã ghi {path} ({size} byte), SHA-256 {sha256}", "Wrote {path} ({size} bytes), SHA-256 {sha256}"),
        "acked": ("{delivery}: đã nhận bàn giao", "{delivery}: handed over"),
        "not-acked": ("{delivery}: chưa nhận bàn giao", "{delivery}: not handed over"),
        "rejected": ("{delivery}: đã từ chối", "{delivery}: refused"),
        "bad-status": ("Không có mã trạng thái {code}; hãy dùng {known}.", "There is no status {code}; use {known}."),
        "status-sent": (
            "Đã báo trạng thái {code} ({name}) tới {recipient}, gói {package}",
            "Reported status {code} ({name}) to {recipient}, package {package}",
        ),
        "status-needs-recipient": (
            "Lượt chuyển {delivery} không thuộc hệ thống này.",
            "Delivery {delivery} does not belong to this system.",
        ),
        # track
        "not-found": ("Không tìm thấy {what}.", "{what} was not found."),
        "track-transport": ("Lớp vận chuyển (trục đã làm gì)", "Transport (what the hub did)"),
        "track-business": ("Lớp nghiệp vụ (cơ quan nhận nói gì)", "Business (what the recipients say)"),
        "track-timeline": ("Diễn biến", "What happened"),
        "track-none": ("chưa có trạng thái nào", "no status yet"),
        "track-due": ("{status} {name} trước {at}", "{status} {name} by {at}"),
        "track-late": ("quá hạn {status} {name} từ {at}", "late: {status} {name} since {at}"),
        # verify
        "verdict-valid": ("HỢP LỆ", "VALID"),
        "verdict-refused": ("KHÔNG HỢP LỆ", "REFUSED"),
        "verdict-undetermined": ("CHƯA XÁC ĐỊNH", "UNDETERMINED"),
        "unsupported-proof": (
            "{path}: đây là {kind}; phiên bản này chưa kiểm tra được loại bằng chứng này.",
            "{path}: this is a {kind}; this version cannot check that kind of proof yet.",
        ),
        "bad-text": (
            "Trích yếu, lý do hoặc tên tệp có ký tự không ghi được vào XML: hãy xóa ký tự đó.",
            "The subject, the reason or a file's name holds a character that XML cannot carry: remove it.",
        ),
        "no-plain-file": ("{path} không phải là tệp thông thường.", "{path} is no plain file."),
        "too-large": ("{path} lớn hơn {limit} byte.", "{path} is larger than {limit} bytes."),
        "lab-sha1": (
            "CẢNH BÁO: chấp nhận SHA-1 để xem xét tệp lịch sử. Kết quả KHÔNG có giá trị cho văn bản hiện nay.",
            "WARNING: SHA-1 is accepted, to judge historical files. The verdict means NOTHING for present documents.",
        ),
        "file-needed": ("Nêu tệp cần kiểm tra.", "Name the file to judge."),
        "no-trust": (
            "Không có chứng thư gốc tin cậy: thêm --trust với một hay nhiều tệp PEM.",
            "No trust anchor: add --trust with one or more PEM files.",
        ),
        "trust-without-root": (
            "{paths}: chỉ có chứng thư của tổ chức cấp dưới; thêm --trust với chứng thư gốc.",
            "{paths}: only authorities that others certified; add --trust with the root's certificate.",
        ),
        "bad-crl": (
            "{path}: không dùng được danh sách thu hồi này. {error}",
            "{path}: this revocation list cannot be used. {error}",
        ),
        "bad-time": (
            "Thời điểm {value} không đọc được; ví dụ 2026-11-20T08:00:00Z.",
            "The time {value} cannot be read; write it like 2026-11-20T08:00:00Z.",
        ),
        # administration
        "added": ("Đã thêm {what}.", "Added {what}."),
        "changed": ("Đã sửa {what}.", "Changed {what}."),
        "removed": ("Đã gỡ {what}.", "Removed {what}."),
        "already-there": ("Đã có trong danh bạ: {what}", "In the register already: {what}"),
        "unknown": ("Không có trong danh bạ: {what}", "Not in the register: {what}"),
        "circular": ("{what} sẽ nằm dưới chính nó", "{what} would stand below itself"),
        "not-utf8": (
            "Có giá trị không phải UTF-8: hãy đặt terminal ở UTF-8 rồi gõ lại.",
            "A value is no UTF-8: set the terminal to UTF-8 and type it again.",
        ),
        "password-once": ("Mật khẩu này chỉ hiện một lần:", "This password is shown once:"),
        "one-owner": ("Nêu đúng một: --system hoặc --user.", "Name exactly one of --system and --user."),
        "webhook-url-needed": ("Kiểu kết nối webhook cần --webhook-url.", "The binding webhook needs --webhook-url."),
        "imported": ("Đã nhập {count} cơ quan.", "Imported {count} agencies."),
        "import-line": ("{path}, dòng {line}: {error}", "{path}, line {line}: {error}"),
        "import-twice": ("{what} đã có ở một dòng trên", "{what} stands in a line above already"),
        "import-columns": (
            "phải có code và name; các cột khác có thể là {columns}",
            "code and name must be there; columns may be {columns}",
        ),
        "import-incomplete": (
            "thiếu code hoặc name, hoặc dòng có nhiều trường hơn cột",
            "code or name is missing, or there are more fields than columns",
        ),
        "import-date": (
            "“{text}” không phải ngày; hãy viết như 2026-11-20",
            "“{text}” is no date; write it like 2026-11-20",
        ),
        "import-encoding": (
            "tệp không phải UTF-8; hãy lưu lại dạng CSV UTF-8",
            "the file is not UTF-8; save it as CSV UTF-8",
        ),
        "import-control": ("có ký tự điều khiển", "there is a control character"),
        "redriven": ("Đã đưa {count} lượt chuyển về hàng đợi.", "Put {count} deliveries back on their way."),
        "rebuilt": ("Sẽ phát lại {count} lệnh chuyển.", "{count} orders will be published again."),
        "queue-more": (
            "Chỉ hiện {count} mục cũ nhất; dùng --most để xem thêm.",
            "Only the oldest {count} are shown; --most shows more.",
        ),
        "queue-empty": ("Không có gì.", "Nothing there."),
        # demo
        "demo-head": (
            "Axis Hub: đường đi của văn bản, trên một trục dùng thử ({where}). Mọi dòng đều đã được kiểm tra.",
            "Axis Hub: the way of documents, on a throw-away hub ({where}). Every line below was checked.",
        ),
        "demo-on-sqlite": ("SQLite, một tiến trình", "SQLite, one process"),
        "demo-on-postgresql": ("PostgreSQL, hai tiến trình", "PostgreSQL, two processes"),
        "demo-on-rabbitmq": ("PostgreSQL, RabbitMQ, hai tiến trình", "PostgreSQL, RabbitMQ, two processes"),
        "demo-who": ("ai", "who"),
        "demo-what": ("việc gì", "what happened"),
        "demo-proof": ("bằng chứng", "proof"),
        "demo-founds": (
            "lập trục H99: {agencies} cơ quan, {systems} hệ thống, CA thử nghiệm ba cấp",
            "founds hub H99: {agencies} agencies, {systems} systems, a three-level lab CA",
        ),
        "demo-starts": (
            "chạy trục thành một tiến trình riêng, sẵn sàng",
            "runs the hub as a process of its own, ready",
        ),
        "demo-sends": (
            "ký và gửi khẩn {notation} ({kilobytes} kB, 1 tệp) tới {to}",
            "signs and sends urgent {notation} ({kilobytes} kB, 1 file) to {to}",
        ),
        "demo-repeats": (
            "gửi lại y nguyên: cùng biên nhận, không thành hai văn bản",
            "sends it again: the same receipt, not a second document",
        ),
        "demo-called": (
            "được gọi qua webhook, kiểm chữ ký cuộc gọi, tải về, xác nhận",
            "is called by webhook, checks the call's signature, fetches, acknowledges",
        ),
        "demo-inbox": ("hỏi hộp đến: {subject}", "asks its inbox: {subject}"),
        "demo-fetches": (
            "tải về, tự kiểm tra chữ ký của bên gửi",
            "fetches, verifies the sender's signature by itself",
        ),
        "demo-acks": ("xác nhận đã nhận bàn giao", "acknowledges: handed over"),
        "demo-status-01": ("báo trạng thái 01: đã đến", "reports status 01: arrived"),
        "demo-status-03": ("báo trạng thái 03: đã vào sổ", "reports status 03: registered by the clerk"),
        "demo-sees": (
            "thấy hai lớp riêng: đã bàn giao (trục nói), 03 (bên nhận nói)",
            "sees two layers apart: handed over (the hub's word), 03 (the recipient's)",
        ),
        "demo-sends-second": ("gửi {notation} tới {to}", "sends {notation} to {to}"),
        "demo-recalls": (
            "thu hồi: H99.05 chưa lấy nên rút lại ngay, H99.02 đã có nên được hỏi",
            "recalls it: withdrawn from H99.05 who had not taken it, H99.02 is asked",
        ),
        "demo-asked": ("nhận yêu cầu lấy lại (trạng thái 13)", "receives the request to take it back (status 13)"),
        "demo-agrees": ("trả lời 15: đồng ý, đã hủy", "answers 15: agreed, cancelled"),
        "demo-too-late": ("không còn lấy được văn bản đã rút", "can no longer take what was withdrawn"),
        "demo-forger": ("kẻ giả mạo", "a forger"),
        "demo-forges": (
            "sửa 1 tỷ thành 9 tỷ trong văn bản đã ký: bị từ chối",
            "changes 1 tỷ to 9 tỷ in a signed document: refused",
        ),
        "demo-feed": (
            "đọc lại mọi việc theo đúng thứ tự: {count} mục",
            "reads everything that happened, in commit order: {count} items",
        ),
        "demo-verifies": (
            "kiểm tra {count} biên nhận chỉ với chứng thư gốc",
            "{count} receipts verified with nothing but the root certificate",
        ),
        "demo-foot": (
            "Đạt: mọi kiểm tra đều đúng, {receipts} biên nhận hợp lệ, {seconds} giây. Tiếp theo: make run",
            "Done: every check held, {receipts} receipts are valid, {seconds} s. Next: make run",
        ),
        "demo-failed": ("Không đạt: {error}", "Failed: {error}"),
    }
)


def say(key: str, **facts: object) -> str:
    """Return the sentence for `key` in the language of the command."""
    vietnamese, english = _CATALOGUE[key]
    return (vietnamese if current() == "vi" else english).format(**facts)
