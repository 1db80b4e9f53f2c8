"""Vietnamese help of the commands for a hub of one's own, and of what all commands share."""

from __future__ import annotations

OWN_HUB = {
    # every command
    "Commands": "Lệnh",
    "Parameters": "Tham số",
    "Arguments": "Đối số",
    "Display this message and exit.": "Hiện hướng dẫn này rồi kết thúc.",
    "Display application version.": "Hiện phiên bản.",
    "Language of messages; default: LANG.": "Ngôn ngữ của thông báo; mặc định theo LANG.",
    "Show the traceback of an error.": "Hiện vết ngăn xếp (traceback) của lỗi.",
    "Print JSON for programs.": "In JSON cho chương trình đọc.",
    "axis.toml of the hub; default ./axis.toml or ./var/axis.toml.": (
        "axis.toml của trục; mặc định ./axis.toml hoặc ./var/axis.toml."
    ),
    # init
    "Create a hub's folder: `axis.toml` with every setting, `pki/`, `data/` with a migrated database.": (
        "Tạo thư mục của một trục: `axis.toml` với mọi thiết lập, `pki/`, `data/` với cơ sở dữ liệu đã sẵn sàng."
    ),
    (
        "Overwrites nothing. Without --demo the hub gets a key of its own and a request to have it certified; systems and "
        "agencies are then enrolled with `axis system`, `axis agency` and `axis key`."
    ): (
        "Không ghi đè gì. Không có --demo, trục nhận khóa riêng và một yêu cầu cấp chứng thư; sau đó đăng ký hệ thống và cơ "
        "quan bằng `axis system`, `axis agency` và `axis key`."
    ),
    "Folder to create or fill.": "Thư mục để tạo hoặc ghi vào.",
    "Add a development authority, agencies with keys, systems, people, and credentials.json with every secret.": (
        "Thêm nơi cấp chứng thư thử nghiệm, cơ quan có khóa, hệ thống, người dùng và credentials.json chứa mọi bí mật."
    ),
    "Agency code of the hub.": "Mã định danh của trục.",
    "Port that the hub will listen on.": "Cổng mà trục sẽ lắng nghe.",
    "Port of 127.0.0.1 where the demo's webhook receiver is expected.": (
        "Cổng của 127.0.0.1 nơi bên nhận webhook của bản thử nghiệm lắng nghe."
    ),
    "An empty PostgreSQL database: postgresql+psycopg://user:password@host/name. Default: SQLite in the folder.": (
        "Một cơ sở dữ liệu PostgreSQL trống: postgresql+psycopg://user:password@host/name. Mặc định: SQLite trong thư mục."
    ),
    "RabbitMQ: amqp://user:password@host/vhost. Default: a table of the database is the queue.": (
        "RabbitMQ: amqp://user:password@host/vhost. Mặc định: một bảng của cơ sở dữ liệu là hàng đợi."
    ),
    "RabbitMQ's management API, http://user:password@host:15672: accounts of amqp systems are made there.": (
        "API quản trị của RabbitMQ, http://user:password@host:15672: nơi tạo tài khoản cho hệ thống amqp."
    ),
    # serve, migrate, doctor
    "Run the hub until SIGTERM or Ctrl-C; requests in flight are finished.": (
        "Chạy trục đến khi nhận SIGTERM hoặc Ctrl-C; các yêu cầu đang xử lý được làm xong."
    ),
    "Listen on this port instead of the configured one.": "Lắng nghe cổng này thay cho cổng trong cấu hình.",
    "Processes on one port; more than one needs PostgreSQL, and no `listen.unix_socket`.": (
        "Số tiến trình trên một cổng; nhiều hơn một thì cần PostgreSQL và không có `listen.unix_socket`."
    ),
    (
        "Which part of the hub this process is: `api` answers callers, `courier` carries what was accepted and does the "
        "periodic work, `all` both. Parts need PostgreSQL, and at least one process of each; `courier` answers `/livez`, "
        "`/readyz` and `/metrics` only. `console` is not part of this release."
    ): (
        "Tiến trình này là phần nào của trục: `api` trả lời bên gọi, `courier` chuyển những gì đã tiếp nhận và làm việc định "
        "kỳ, `all` là cả hai. Chia phần thì cần PostgreSQL và mỗi phần ít nhất một tiến trình; `courier` chỉ trả lời "
        "`/livez`, `/readyz` và `/metrics`. Bản này chưa có `console`."
    ),
    "Bring the database to the form that this version needs; forward only, harmless to repeat.": (
        "Đưa cơ sở dữ liệu về dạng mà phiên bản này cần; chỉ tiến, chạy lại không hại gì."
    ),
    "Check Python, configuration, keys, certificate, database, disk, clock, broker and port; exit 1 when a line fails.": (
        "Kiểm tra Python, cấu hình, khóa, chứng thư, cơ sở dữ liệu, ổ đĩa, đồng hồ, RabbitMQ và cổng; mã kết thúc 1 khi có dòng "
        "không đạt."
    ),
    # backup, restore
    (
        "Write a backup of the hub, which may be running, into a new folder: all rows of one moment, and every content "
        "file."
    ): ("Sao lưu trục, kể cả khi đang chạy, vào một thư mục mới: mọi dòng tại cùng một thời điểm và mọi tệp nội dung."),
    "Keys and axis.toml are no part of it: keep copies of those elsewhere, apart from the backup.": (
        "Khóa và axis.toml không nằm trong bản sao lưu: hãy giữ bản sao của chúng ở nơi khác, tách khỏi bản sao lưu."
    ),
    "Folder to create; it must not hold anything.": "Thư mục để tạo; không được chứa gì.",
    "Bring a backup back into the empty database and the content folder that the configuration names.": (
        "Đưa bản sao lưu trở lại cơ sở dữ liệu trống và thư mục nội dung nêu trong cấu hình."
    ),
    (
        "What was accepted after the backup is lost to the hub, not to its senders, who hold receipts. Where this machine "
        "knows of such events (`storage.mark_file`) the hub does not start on the restored database before you say "
        "--accept-loss, here or later without DIR. Later receipts carry the number of the new epoch."
    ): (
        "Những gì được tiếp nhận sau khi sao lưu thì trục mất, bên gửi thì không: họ giữ biên nhận. Nếu máy này biết có "
        "những sự kiện như vậy (`storage.mark_file`), trục không khởi động trên cơ sở dữ liệu đã khôi phục cho đến khi có "
        "--accept-loss, ngay bây giờ hoặc sau này không kèm DIR. Biên nhận về sau mang số của kỷ nguyên mới."
    ),
    "A folder that `axis backup` wrote.": "Thư mục do `axis backup` ghi.",
    "Then check everything: the number of rows, every receipt's signature, the digest of every content.": (
        "Sau đó kiểm tra tất cả: số dòng, chữ ký của mọi biên nhận, giá trị băm của mọi nội dung."
    ),
    "Go on without the events that are known and not in the database.": (
        "Tiếp tục mà không có các sự kiện đã biết nhưng không còn trong cơ sở dữ liệu."
    ),
    # demo
    "Exchange real signed packages on a throw-away hub, check everything, and show what happened. Under a minute.": (
        "Trao đổi các gói tin ký số thật trên một trục dùng tạm, kiểm tra tất cả và cho thấy điều gì đã xảy ra. Chưa đến "
        "một phút."
    ),
    "Put the hub into this new folder and leave it there.": "Đặt trục vào thư mục mới này và giữ lại.",
    "Use this empty PostgreSQL database, and two processes; default: SQLite and one.": (
        "Dùng cơ sở dữ liệu PostgreSQL trống này và hai tiến trình; mặc định: SQLite và một tiến trình."
    ),
    "Use this RabbitMQ; default: a table of the database is the queue.": (
        "Dùng RabbitMQ này; mặc định: một bảng của cơ sở dữ liệu là hàng đợi."
    ),
}
