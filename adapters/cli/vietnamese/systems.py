"""Vietnamese help of `axis system`."""

from __future__ import annotations

SYSTEMS = {
    "Connected systems.": "Hệ thống được kết nối.",
    "List systems.": "Liệt kê các hệ thống.",
    "Id of the system.": "Mã hệ thống.",
    "Show one system, the agencies that it acts for, its keys (not their secrets), certificates and own limits.": (
        "Xem một hệ thống, các cơ quan nó làm thay, khóa (không có phần bí mật), chứng thư và giới hạn riêng của nó."
    ),
    "Add a system. A webhook's secret, or the password of an amqp system's account, is made and shown once.": (
        "Thêm một hệ thống. Bí mật của webhook, hoặc mật khẩu tài khoản của hệ thống amqp, được tạo và chỉ hiện một lần."
    ),
    "Its id, of your choice; a system of the national SDK has the code of its agency.": (
        "Mã hệ thống, tự chọn; hệ thống dùng SDK quốc gia thì lấy mã của cơ quan."
    ),
    "How it receives.": "Cách nhận.",
    (
        "`required`: its documents carry the agency's signature; `transport`: its authentication suffices. Default: "
        "`required`, for another axis (binding `upstream`) `transport`."
    ): (
        "`required`: văn bản mang chữ ký của cơ quan; `transport`: chỉ cần xác thực đường truyền. Mặc định: `required`, với "
        "trục khác (binding `upstream`) là `transport`."
    ),
    "Where the hub calls it; inner addresses must stand in delivery.webhook_allow.": (
        "Địa chỉ để trục gọi đến; địa chỉ nội bộ phải có trong delivery.webhook_allow."
    ),
    "Change what is given of a system; the rest stays.": "Đổi những gì được nêu của một hệ thống; phần còn lại giữ nguyên.",
    "What its documents must carry.": "Văn bản của nó phải mang gì.",
    "Where the hub calls it.": "Địa chỉ để trục gọi đến.",
    "Make a new webhook secret, or a new password for the broker (amqp), and show it once.": (
        "Tạo bí mật webhook mới, hoặc mật khẩu mới ở broker (amqp), và chỉ hiện một lần."
    ),
    "Hours for which calls to a webhook are also signed with its old secret.": (
        "Số giờ mà lời gọi đến webhook còn được ký kèm bí mật cũ."
    ),
    "Suspend a system: its keys are refused and nothing is carried to it until it is resumed.": (
        "Tạm ngừng một hệ thống: khóa của nó bị từ chối và không gì được chuyển đến nó cho đến khi được tiếp tục."
    ),
    (
        "The account at RabbitMQ of a system that consumes its own queue is closed, or the commands that do it are printed."
    ): ("Tài khoản ở RabbitMQ của hệ thống tự đọc hàng đợi được đóng lại, hoặc các lệnh để đóng được in ra."),
    "Let a suspended system work again.": "Cho một hệ thống bị tạm ngừng làm việc trở lại.",
    (
        "Grant a system limits of its own; what is left out is as for everybody (section [limits] of the configuration)."
    ): ("Cấp cho một hệ thống giới hạn riêng; những gì không nêu thì như mọi hệ thống (mục [limits] của cấu hình)."),
    "Requests that it may keep sending each second; 0: no limit.": "Số yêu cầu được gửi đều mỗi giây; 0: không giới hạn.",
    "Requests that it may send at once after a pause.": "Số yêu cầu được gửi dồn sau một lúc nghỉ.",
    "Packages of it that are examined at the same time.": "Số gói tin của nó được kiểm tra cùng lúc.",
    "Bytes of packages that it may have stored; 0: no limit.": "Số byte gói tin được lưu; 0: không giới hạn.",
    # certificate
    "TLS client certificates of systems.": "Chứng thư TLS phía máy khách của các hệ thống.",
    "Bind a client certificate to a system; several may overlap, so that they can be renewed without a break.": (
        "Gắn một chứng thư máy khách với một hệ thống; nhiều chứng thư có thể song song, để thay mà không gián đoạn."
    ),
    "PEM file; the first certificate in it is bound.": "Tệp PEM; chứng thư đầu tiên trong đó được gắn.",
    "List client certificates with the time when each was last seen, to about a minute.": (
        "Liệt kê chứng thư máy khách cùng lần cuối được dùng, chính xác đến khoảng một phút."
    ),
    "Only those of this system.": "Chỉ của hệ thống này.",
    "Take a client certificate from its system: it is refused from the next second on.": (
        "Gỡ một chứng thư máy khách khỏi hệ thống: bị từ chối ngay từ giây tiếp theo."
    ),
    "Its SHA-256 (hex), as the list prints it.": "SHA-256 (hệ 16) của chứng thư, như danh sách in ra.",
    # vxp
    "Show a system's terms for the national SDK's protocol, or change those that are given.": (
        "Xem điều kiện của một hệ thống với giao thức SDK quốc gia, hoặc đổi những điều kiện được nêu."
    ),
    "Address or network (CIDR) that it may call from; may be given several times and replaces earlier ones.": (
        "Địa chỉ hoặc mạng (CIDR) được phép gọi đến; có thể nêu nhiều lần và thay cho những gì nêu trước đây."
    ),
    "Let it call from anywhere again.": "Lại cho phép gọi từ bất cứ đâu.",
    "Whether it must also present its client certificate (`axis system certificate add`).": (
        "Có phải xuất trình thêm chứng thư máy khách (`axis system certificate add`) hay không."
    ),
    "Whether it may ask for agencies to be registered and deleted.": "Có được xin đăng ký và xóa cơ quan hay không.",
    # upstream
    "Show how the hub connects to another axis, or change what is given; the rest stays.": (
        "Xem trục kết nối với trục khác thế nào, hoặc đổi những gì được nêu; phần còn lại giữ nguyên."
    ),
    "The id of the system that stands for it (`axis system add … --binding upstream`).": (
        "Mã của hệ thống đại diện cho trục ấy (`axis system add … --binding upstream`)."
    ),
    "Its base address; operations of the national SDK's protocol are appended to it.": (
        "Địa chỉ gốc của trục ấy; các thao tác của giao thức SDK quốc gia được nối vào sau."
    ),
    "The system id that it gave this hub.": "Mã hệ thống mà trục ấy cấp cho trục này.",
    "File with the secret that it gave this hub; it is stored sealed, and the file is not needed afterwards.": (
        "Tệp chứa bí mật mà trục ấy cấp cho trục này; được lưu niêm kín, sau đó không cần tệp nữa."
    ),
    "Prefix of agency codes that it reaches, `*` for all others; may be given several times and replaces earlier ones.": (
        "Tiền tố của các mã cơ quan mà trục ấy chuyển tới được, `*` là mọi mã còn lại; có thể nêu nhiều lần và thay cho "
        "những gì nêu trước đây."
    ),
}
