"""What `axis doctor` says, by key: Vietnamese, English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DOCTOR_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "doctor-python": ("Python {version}", "Python {version}"),
        "doctor-python-old": ("Python {version} quá cũ", "Python {version} is too old"),
        "doctor-python-old-fix": (
            "Cài Python 3.11 trở lên rồi chạy lại make install.",
            "Install Python 3.11 or newer, then make install again.",
        ),
        "doctor-libraries-good": ("đủ {count} thư viện", "all {count} libraries are there"),
        "doctor-libraries": ("thiếu thư viện: {missing}", "libraries are missing: {missing}"),
        "doctor-libraries-fix": ("Chạy make install.", "Run make install."),
        "doctor-not-installed": (
            "axis-hub chưa được cài vào môi trường này",
            "axis-hub is not installed in this environment",
        ),
        "doctor-not-installed-fix": (
            "Chạy make install để có đúng phiên bản thư viện.",
            "Run make install to have the right versions of everything.",
        ),
        "doctor-configuration-good": ("{path}, trục {code}", "{path}, hub {code}"),
        "doctor-configuration": ("{error}", "{error}"),
        "doctor-configuration-fix": (
            "Sửa tệp theo config/axis.toml, hoặc chỉ đúng tệp bằng --config.",
            "Correct the file after config/axis.toml, or name the right one with --config.",
        ),
        "doctor-policy": (
            "từ {since}: {methods}; {digests}; RSA từ {bits} bit; {curves}; gửi từ {oldest} ngày trước đến {newest} giờ sau",
            "since {since}: {methods}; {digests}; RSA from {bits} bits; {curves}; sent {oldest} days ago to {newest} h ahead",
        ),
        "doctor-policy-bad": ("{error}", "{error}"),
        "doctor-policy-bad-fix": (
            "Sửa mục [signatures]; danh sách chỉ được rút ngắn, không được thêm.",
            "Correct section [signatures]; its lists may be made shorter, not longer.",
        ),
        "doctor-keys": ("khóa và chứng thư số khớp nhau: {path}", "key and certificate belong together: {path}"),
        "doctor-certificate": ("{subject}, còn {days} ngày", "{subject}, {days} days left"),
        "doctor-certificate-soon": (
            "chứng thư số của trục chỉ còn {days} ngày",
            "the hub's certificate has {days} days left",
        ),
        "doctor-certificate-soon-fix": (
            "Xin gia hạn ngay và thay tệp trust.hub_certificate.",
            "Have it renewed now and replace the file trust.hub_certificate.",
        ),
        "doctor-certificate-expired": (
            "chứng thư số của trục đã hết hạn lúc {when}",
            "the hub's certificate expired on {when}",
        ),
        "doctor-certificate-expired-fix": (
            "Gia hạn và thay tệp trust.hub_certificate; nếu ngày này chưa tới, đồng hồ máy đang sai.",
            "Have it renewed and replace the file trust.hub_certificate; if that day is still to come, the clock is wrong.",
        ),
        "doctor-certificate-early": (
            "chứng thư số của trục chỉ có hiệu lực từ {when}",
            "the hub's certificate is valid only from {when} on",
        ),
        "doctor-certificate-early-fix": (
            "Đồng hồ máy có lẽ đang sai: kiểm tra timedatectl, bật đồng bộ thời gian (chrony, systemd-timesyncd).",
            "The clock is probably wrong: look at timedatectl, switch time synchronisation on (chrony, systemd-timesyncd).",
        ),
        "doctor-chain": ("dẫn tới chứng thư gốc tin cậy qua {issuer}", "leads to a trust anchor through {issuer}"),
        "doctor-chain-broken": ("{reason}", "{reason}"),
        "doctor-chain-broken-fix": (
            "Đặt chứng thư trung gian vào trust.hub_chain và chứng thư gốc vào trust.anchors.",
            "Put the certificates in between into trust.hub_chain and the root into trust.anchors.",
        ),
        "doctor-folder-good": ("ghi được: {folder}", "can be written to: {folder}"),
        "doctor-folder": ("không ghi được {folder}: {error}", "{folder} cannot be written to: {error}"),
        "doctor-folder-fix": (
            "Trao thư mục cho tài khoản chạy trục: chown <tài khoản> {folder}",
            "Give it to the account of the hub: chown <account> {folder}",
        ),
        "doctor-disk": ("còn {free} GiB tại {folder}", "{free} GiB free at {folder}"),
        "doctor-disk-little": ("chỉ còn {free} GiB tại {folder}", "only {free} GiB free at {folder}"),
        "doctor-disk-little-fix": (
            "Dọn hoặc mở rộng đĩa; dưới 0,25 GiB trục ngừng nhận.",
            "Free or add space; below 0.25 GiB the hub takes nothing more.",
        ),
        "doctor-disk-full": ("đĩa đầy: còn {free} GiB tại {folder}", "the disk is full: {free} GiB free at {folder}"),
        "doctor-disk-full-fix": (
            "Dọn hoặc mở rộng đĩa ngay; không cần khởi động lại trục.",
            "Free or add space now; the hub need not be restarted.",
        ),
        "doctor-database": ("đúng phiên bản: {url}", "up to date: {url}"),
        "doctor-database-missing": ("chưa có {url}", "{url} does not exist"),
        "doctor-database-missing-fix": (
            "Chạy axis migrate, hoặc khôi phục từ bản sao lưu.",
            "Run axis migrate, or restore the backup.",
        ),
        "doctor-database-old": ("không đúng phiên bản này: {url}", "not that of this version: {url}"),
        "doctor-database-old-fix": ("Chạy axis migrate.", "Run axis migrate."),
        "doctor-database-away": ("không dùng được {url}: {error}", "{url} cannot be used: {error}"),
        "doctor-database-away-fix": (
            "Kiểm tra máy chủ cơ sở dữ liệu, đường dẫn và quyền của tệp.",
            "Check the database server, the path and the rights of the file.",
        ),
        "doctor-broker": (
            "{url}: RabbitMQ {version}, nhận được gói tin lớn nhất của trục",
            "{url}: RabbitMQ {version}, takes the largest message of the hub",
        ),
        "doctor-broker-away": ("không dùng được {url}: {error}", "{url} cannot be used: {error}"),
        "doctor-broker-away-fix": (
            "Xem RabbitMQ, broker.url, rabbitmq-diagnostics check_alarms; trục vẫn nhận, gói tin chờ trong cơ sở dữ liệu.",
            "Look at RabbitMQ, broker.url, rabbitmq-diagnostics check_alarms; what the hub accepts waits in the database.",
        ),
        "doctor-broker-old": ("{url}: RabbitMQ {version} quá cũ", "{url}: RabbitMQ {version} is too old"),
        "doctor-broker-old-fix": ("Nâng lên RabbitMQ {oldest} trở lên.", "Use RabbitMQ {oldest} or newer."),
        "doctor-broker-small": (
            "{url}: không nhận gói tin {size} byte",
            "{url}: refuses a message of {size} bytes",
        ),
        "doctor-broker-small-fix": (
            "Đặt max_message_size = 2097152 trong rabbitmq.conf (xem config/rabbitmq.conf) rồi khởi động lại RabbitMQ.",
            "Set max_message_size = 2097152 in rabbitmq.conf (see config/rabbitmq.conf), and restart RabbitMQ.",
        ),
        "doctor-broker-channels": (
            "{url}: chỉ cho {channels} kênh trên một kết nối",
            "{url}: allows {channels} channels on a connection",
        ),
        "doctor-broker-channels-fix": (
            "Đặt channel_max = 2047 trong rabbitmq.conf (trục cần {needed}) rồi khởi động lại RabbitMQ.",
            "Set channel_max = 2047 in rabbitmq.conf (the hub needs {needed}), and restart RabbitMQ.",
        ),
        "doctor-clock-good": (
            "{now} UTC, không có sự kiện nào ở tương lai",
            "{now} UTC, nothing was recorded in the future",
        ),
        "doctor-clock": (
            "đồng hồ chỉ {now} UTC nhưng đã có sự kiện ghi lúc {newest} UTC",
            "the clock says {now} UTC, but an event was recorded at {newest} UTC",
        ),
        "doctor-clock-fix": (
            "Đồng hồ đang hoặc đã từng sai: kiểm tra timedatectl, bật đồng bộ thời gian trước khi chạy trục.",
            "The clock is or was wrong: look at timedatectl, switch time synchronisation on before the hub runs.",
        ),
        "doctor-port-ours": ("trục đang trả lời tại {address}", "a hub answers on {address}"),
        "doctor-port-free": ("{address} còn trống: trục chưa chạy", "{address} is free: the hub does not run"),
        "doctor-port-free-fix": ("Chạy axis serve.", "Run axis serve."),
        "doctor-port-taken": (
            "{address} do chương trình khác chiếm: {error}",
            "{address} is taken by something else: {error}",
        ),
        "doctor-port-taken-fix": ("Dừng chương trình đó hoặc đổi listen.port.", "Stop it, or change listen.port."),
        "doctor-port-closed": ("không mở được {address}: {error}", "{address} cannot be opened: {error}"),
        "doctor-port-closed-fix": (
            "Chọn địa chỉ của máy này và cổng từ 1024 trở lên, hoặc cấp quyền cho cổng thấp.",
            "Choose an address of this machine and a port from 1024 on, or grant the right to low ports.",
        ),
        "doctor-ready": ("sẵn sàng", "ready"),
        "doctor-not-ready": ("trục chưa sẵn sàng: {wrong}", "the hub is not ready: {wrong}"),
        "doctor-not-ready-fix": ("Xem các dòng trên và nhật ký của trục.", "See the lines above and the hub's log."),
    }
)
