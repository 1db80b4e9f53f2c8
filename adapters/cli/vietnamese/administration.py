"""Vietnamese help of the commands that administer a hub."""

from __future__ import annotations

from adapters.cli.vietnamese.keys import KEYS
from adapters.cli.vietnamese.systems import SYSTEMS

ADMINISTRATION = {
    **SYSTEMS,
    **KEYS,
    # agency
    "Agencies of the directory.": "Cơ quan trong danh bạ.",
    "List agencies.": "Liệt kê các cơ quan.",
    "Part of a name or code, with or without Vietnamese marks.": "Một phần của tên hoặc mã, có dấu hay không dấu.",
    "Only those directly below this code.": "Chỉ các cơ quan trực thuộc mã này.",
    "Show one agency with its certificates.": "Xem một cơ quan và các chứng thư của nó.",
    "Present or former code.": "Mã hiện tại hoặc mã cũ.",
    "Add an agency.": "Thêm một cơ quan.",
    "Its identifier code.": "Mã định danh.",
    "Its name.": "Tên.",
    "The connected system that acts for it.": "Hệ thống được kết nối làm việc thay cho cơ quan.",
    "Code of the body above it, which the directory has.": "Mã của cơ quan cấp trên đã có trong danh bạ.",
    "Former codes that still mean it.": "Các mã cũ vẫn chỉ cơ quan này.",
    "First day as a recipient.": "Ngày đầu tiên được nhận văn bản.",
    "Last day as a recipient.": "Ngày cuối cùng được nhận văn bản.",
    "Change what is given of an agency; the rest stays.": "Đổi những gì được nêu của một cơ quan; phần còn lại giữ nguyên.",
    "A new name.": "Tên mới.",
    "The connected system that acts for it from now on.": "Hệ thống làm việc thay cho cơ quan kể từ bây giờ.",
    "Former codes; they replace those known.": "Các mã cũ; thay cho những mã đã biết.",
    "Suspend an agency: it neither sends nor receives until it is resumed.": (
        "Tạm ngừng một cơ quan: không gửi, không nhận cho đến khi được tiếp tục."
    ),
    "Let a suspended agency take part again.": "Cho một cơ quan bị tạm ngừng tham gia trở lại.",
    "Register an agency's certificate: packages that it signs with it are believed, if it leads to an anchor.": (
        "Đăng ký chứng thư của một cơ quan: gói tin ký bằng nó được tin, nếu nó dẫn đến một chứng thư gốc được tin cậy."
    ),
    "Code of the agency.": "Mã của cơ quan.",
    "PEM file; the first certificate in it is registered.": "Tệp PEM; chứng thư đầu tiên trong đó được đăng ký.",
    "Stop believing a registered certificate.": "Thôi tin một chứng thư đã đăng ký.",
    "Its SHA-256 (hex), as `axis agency show` prints it.": "SHA-256 (hệ 16) của chứng thư, như `axis agency show` in ra.",
    (
        "Add or replace many agencies from CSV (UTF-8), all or none: "
        "code,name,parent,system,old_codes,valid_from,valid_to."
    ): (
        "Thêm hoặc thay nhiều cơ quan từ CSV (UTF-8), tất cả hoặc không gì cả: "
        "code,name,parent,system,old_codes,valid_from,valid_to."
    ),
    "The first line names the columns; former codes are separated by blanks. What is not named stays as it is: agencies, "
    "and of those in the file the columns that it leaves out, and whether they are suspended.": (
        "Dòng đầu là tên các cột; các mã cũ cách nhau bằng dấu cách. Những gì không nêu giữ nguyên: cơ quan không có trong tệp, "
        "cột không có trong tệp, và việc đang bị tạm ngừng."
    ),
    # agency requests
    "Agencies that systems ask to register or delete.": "Các cơ quan mà hệ thống xin đăng ký hoặc xóa.",
    "List requests, oldest first.": "Liệt kê các yêu cầu, cũ nhất trước.",
    "Only those that stand so.": "Chỉ các yêu cầu ở tình trạng này.",
    "Change the directory as asked: the agency is registered, renamed or closed from today on.": (
        "Đổi danh bạ như được xin: cơ quan được đăng ký, đổi tên hoặc đóng kể từ hôm nay."
    ),
    "The request, as the list prints it.": "Mã yêu cầu, như danh sách in ra.",
    "Say no; the directory stays as it is.": "Từ chối; danh bạ giữ nguyên.",
    "Why; kept with the request.": "Lý do; được lưu cùng yêu cầu.",
    # user
    "People with a role.": "Người dùng có vai trò.",
    "List people.": "Liệt kê người dùng.",
    "Show one person.": "Xem một người dùng.",
    "Add a person; the password is made at random and shown once.": (
        "Thêm một người dùng; mật khẩu được tạo ngẫu nhiên và chỉ hiện một lần."
    ),
    "Log-in name.": "Tên đăng nhập.",
    "`operator` watches and re-drives, `auditor` reads everybody's receipts, `admin` changes the directory.": (
        "`operator` theo dõi và cho chạy lại, `auditor` đọc biên nhận của mọi bên, `admin` thay đổi danh bạ."
    ),
    "Make a new password for a person and show it once; the old one ends.": (
        "Tạo mật khẩu mới cho một người dùng và chỉ hiện một lần; mật khẩu cũ hết hiệu lực."
    ),
    "Suspend a person's account.": "Tạm ngừng tài khoản của một người dùng.",
    "Let a suspended person work again.": "Cho một người dùng bị tạm ngừng làm việc trở lại.",
    # package
    "Contents that must be kept.": "Nội dung cần được giữ lại.",
    "List packages that are held, oldest hold first.": "Liệt kê các gói tin đang được giữ, giữ lâu nhất trước.",
    "Keep the content of a package until it is released: an inspection, a complaint, a lawsuit.": (
        "Giữ nội dung của một gói tin cho đến khi được thôi giữ: thanh tra, khiếu nại, tranh tụng."
    ),
    "Id of a package.": "Mã của một gói tin.",
    "Why; shown by `axis package list`.": "Lý do; `axis package list` hiện ra.",
    "Let the policy (`retention.content_days`) decide about a package again.": (
        "Để chính sách (`retention.content_days`) lại quyết định về một gói tin."
    ),
    # queue
    "What waits and what is stuck.": "Những gì đang chờ và đang kẹt.",
    "Count by system and state what is not finished.": "Đếm theo hệ thống và trạng thái những gì chưa xong.",
    "Only this system.": "Chỉ hệ thống này.",
    "List deliveries whose attempts are exhausted, with the last error.": (
        "Liệt kê các lượt chuyển đã hết số lần thử, kèm lỗi cuối cùng."
    ),
    "Put dead deliveries back on their way, from the start of the retry schedule. Fix the cause first.": (
        "Cho các lượt không chuyển được đi tiếp, từ đầu lịch thử lại. Hãy khắc phục nguyên nhân trước."
    ),
    "Only this system's.": "Chỉ của hệ thống này.",
    (
        "Fill the broker again from the database, after it was wiped. A running hub does the publishing; twice is "
        "harmless."
    ): (
        "Nạp lại hàng đợi từ cơ sở dữ liệu sau khi broker bị xóa sạch. Trục đang chạy sẽ tự phát lại; làm hai lần cũng "
        "không hại gì."
    ),
    "Systems that consume their own queue get everything again that they have not acknowledged.": (
        "Hệ thống tự đọc hàng đợi của mình sẽ nhận lại mọi thứ mà nó chưa xác nhận."
    ),
    (
        "Also put the receipts of the last so many days into queues that systems consume themselves. What a system has "
        "already it knows by its `message_id`."
    ): (
        "Đưa lại cả biên nhận của bấy nhiêu ngày gần đây vào các hàng đợi mà hệ thống tự đọc. Biên nhận nào đã có thì "
        "hệ thống nhận ra bằng `message_id`."
    ),
    (
        "Show RabbitMQ's dead letters: orders that came back too often, acknowledgements that could not be taken, and why."
    ): (
        "Xem các thông điệp RabbitMQ đã loại (dead letter): lệnh bị trả lại quá nhiều lần, xác nhận không xử lý được, và lý do."
    ),
    "What an order stands for is in the database; an acknowledgement must be said again by its system.": (
        "Điều mà một lệnh đại diện vẫn nằm trong cơ sở dữ liệu; còn xác nhận thì hệ thống phải gửi lại."
    ),
    "Show so many at most.": "Hiện nhiều nhất bấy nhiêu.",
    "Remove them all instead.": "Thay vào đó, xóa tất cả.",
}
