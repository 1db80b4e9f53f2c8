"""Vietnamese help of the commands that exchange documents, and of those that sign and verify."""

from __future__ import annotations

EXCHANGE = {
    # where the hub is
    "Address of the hub; or AXIS_URL, or the credentials file.": "Địa chỉ của trục; hoặc AXIS_URL, hoặc tệp credentials.",
    "API key; or AXIS_API_KEY, or the credentials file with --as.": (
        "Khóa API; hoặc AXIS_API_KEY, hoặc tệp credentials cùng với --as."
    ),
    "Act for this agency (or system): takes its key from the credentials file.": (
        "Làm việc thay cho cơ quan (hoặc hệ thống) này: lấy khóa của nó trong tệp credentials."
    ),
    "Credentials file; default ./credentials.json or ./var/credentials.json.": (
        "Tệp credentials; mặc định ./credentials.json hoặc ./var/credentials.json."
    ),
    # compose, send
    "Write an edXML document package; sign it with `axis sign` or while sending.": (
        "Viết một gói tin văn bản edXML; ký bằng `axis sign` hoặc khi gửi."
    ),
    "Code of the sending agency.": "Mã của cơ quan gửi.",
    "Codes of the recipients.": "Mã của các cơ quan nhận.",
    "What the document is about (trích yếu).": "Trích yếu nội dung văn bản.",
    "File to write; an existing one is not overwritten.": "Tệp để ghi; tệp đã có thì không bị ghi đè.",
    "Files to attach.": "Các tệp đính kèm.",
    "Number and notation, such as 125/BC-SM; by default made of the time.": (
        "Số, ký hiệu, ví dụ 125/BC-SM; mặc định đặt theo thời gian."
    ),
    "0 normal, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc.": "0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc.",
    "What the document means to an earlier one.": "Nghiệp vụ của văn bản đối với một văn bản trước đó.",
    "Id of that earlier document.": "Mã định danh của văn bản trước đó.",
    "Why it is recalled, updated or replaced.": "Lý do thu hồi, cập nhật hoặc thay thế.",
    "Hand in packages and check the receipts. Repeated on a lost connection with the same bytes; harmless.": (
        "Gửi gói tin vào trục và kiểm tra biên nhận. Mất kết nối thì gửi lại đúng các byte ấy; không hại gì."
    ),
    "An edXML package.": "Một gói tin edXML.",
    "More of them.": "Các gói tin khác.",
    "Sign with this private key and certificate: --sign KEY CERT.": "Ký bằng khóa bí mật và chứng thư này: --sign KEY CERT.",
    "Root certificates (PEM) to check receipts with; default: the one that the credentials file names.": (
        "Chứng thư gốc (PEM) để kiểm tra biên nhận; mặc định: chứng thư nêu trong tệp credentials."
    ),
    # inbox, fetch, ack, reject
    "Show what waits for a system: urgent first, then oldest.": "Xem những gì đang chờ một hệ thống: khẩn trước, rồi cũ nhất.",
    "What is shown is leased to you: nobody else is offered it before the lease ends. Acknowledge it in that time.": (
        "Những gì hiện ra được giữ cho bạn: không ai khác nhận được trước khi hết hạn giữ. Hãy xác nhận trong thời gian đó."
    ),
    "Seconds to wait for something to arrive.": "Số giây chờ có gói tin đến.",
    "How many at most.": "Nhiều nhất bao nhiêu.",
    "Only this lane.": "Chỉ luồng này.",
    "Seconds to keep it for; default: the hub's (5 minutes).": "Số giây giữ; mặc định theo trục (5 phút).",
    "Write the package of a delivery into a file; its digest is checked against the one that the hub announces.": (
        "Ghi gói tin của một lượt chuyển ra tệp; giá trị băm được đối chiếu với giá trị mà trục công bố."
    ),
    "Id of the delivery, from the inbox.": "Mã lượt chuyển, lấy từ hộp đến.",
    "Say that packages arrived durably. The hub answers with the receipt of the handover; repeats give the same one.": (
        "Báo rằng gói tin đã được lưu chắc chắn. Trục trả lời bằng biên nhận đã giao; báo lại thì nhận đúng biên nhận ấy."
    ),
    "When one is refused the others are acknowledged all the same.": (
        "Mã nào bị từ chối thì các mã khác vẫn được xác nhận."
    ),
    "Id of a delivery.": "Mã của một lượt chuyển.",
    "Ids of more.": "Mã của các lượt chuyển khác.",
    "Say that the system cannot take a package. A clerk who returns a document reports status 02 instead.": (
        "Báo rằng hệ thống không nhận được gói tin. Văn thư trả lại văn bản thì báo trạng thái 02."
    ),
    "Id of the delivery.": "Mã lượt chuyển.",
    "One sentence for the sender.": "Một câu cho bên gửi.",
    "A short code for programs.": "Một mã ngắn cho chương trình đọc.",
    # status, recall, track
    "Report a business status to the sender of a delivery: compose the status edXML and hand it in.": (
        "Báo trạng thái xử lý cho bên gửi của một lượt chuyển: viết gói tin trạng thái edXML và gửi vào trục."
    ),
    "01 arrived, 02 refused, 03 accepted, 04 assigned, 05 in progress, 06 finished, 15 agreed, 16 disagreed.": (
        "01 đã đến, 02 từ chối nhận, 03 đã tiếp nhận, 04 phân công, 05 đang xử lý, 06 hoàn thành, 15 đồng ý, 16 không đồng ý."
    ),
    "A sentence for the sender: the reason for 02 and 16.": "Một câu cho bên gửi: lý do, đối với 02 và 16.",
    "Recall a package. Each recipient: `withdrawn` (it never got it) or `asked` (it has it; a status 13 travels).": (
        "Thu hồi một gói tin. Với từng bên nhận: `withdrawn` (chưa hề nhận được) hoặc `asked` (đã nhận; trạng thái 13 được "
        "gửi đi)."
    ),
    "Id of the package.": "Mã gói tin.",
    "Why; the recipients see it.": "Lý do; các bên nhận đọc được.",
    "Show the whole story of a document: what the hub did for each recipient, and what each recipient says.": (
        "Xem toàn bộ hành trình của một văn bản: trục đã làm gì cho từng bên nhận và từng bên nhận nói gì."
    ),
    "Id of a package, id of a document, or number and notation such as 125/BC-SM.": (
        "Mã gói tin, mã định danh văn bản, hoặc số, ký hiệu, ví dụ 125/BC-SM."
    ),
    # sign, verify
    "Sign a package: one enveloped XML signature over the whole document; every other byte stays as it is.": (
        "Ký một gói tin: một chữ ký XML bao phủ toàn bộ văn bản; mọi byte khác giữ nguyên."
    ),
    "The package, unsigned.": "Gói tin chưa ký.",
    "Private key of the agency, PEM.": "Khóa bí mật của cơ quan, PEM.",
    "Its certificate, then those above it, PEM.": "Chứng thư của khóa, rồi các chứng thư cấp trên, PEM.",
    "Judge a package or a receipt: every step of the check, and one verdict. Needs no hub.": (
        "Thẩm định một gói tin hay biên nhận: từng bước kiểm tra và một kết luận. Không cần trục."
    ),
    (
        "A package is judged with the certificate that it carries: whether that certificate leads to an anchor, and whether "
        "the whole document was signed by it. That it is the one which the agency registered is for the hub to know."
    ): (
        "Gói tin được thẩm định bằng chứng thư kèm trong nó: chứng thư ấy có dẫn đến chứng thư gốc không, và toàn bộ văn bản "
        "có được ký bằng nó không. Đó có phải là chứng thư cơ quan đã đăng ký hay không thì chỉ trục biết."
    ),
    "A package (edXML) or a receipt (JWS, or JSON that carries one).": (
        "Một gói tin (edXML) hoặc biên nhận (JWS, hoặc JSON có chứa biên nhận)."
    ),
    (
        "Root certificates, PEM; default: the one that the credentials file of a demo hub names. Authorities below a root, "
        "in the same files, only help to find the way to it."
    ): (
        "Chứng thư gốc, PEM; mặc định: chứng thư nêu trong tệp credentials của trục thử nghiệm. Chứng thư của các tổ chức cấp "
        "dưới trong cùng các tệp ấy chỉ giúp tìm đường đến gốc."
    ),
    (
        "A complete revocation list, DER or PEM; may be repeated, one for every authority on the path. With any, every "
        "certificate below the root must be shown good by them; without, revocation is not looked into, and the steps say "
        "so."
    ): (
        "Một danh sách thu hồi (CRL) đầy đủ, DER hoặc PEM; có thể lặp lại, mỗi nơi cấp chứng thư trên đường dẫn một danh "
        "sách. Có danh sách thì mọi chứng thư dưới gốc phải được chúng xác nhận là còn hiệu lực; không có thì việc thu hồi "
        "không được xét, và các bước nói rõ điều đó."
    ),
    "Judge as of this time, such as 2026-11-20T08:00:00Z; default: packages now, receipts at their own time.": (
        "Thẩm định tại thời điểm này, ví dụ 2026-11-20T08:00:00Z; mặc định: gói tin tại lúc này, biên nhận tại thời điểm "
        "của nó."
    ),
    "Accept SHA-1, to judge historical files. Means nothing for present documents.": (
        "Chấp nhận SHA-1 để thẩm định các tệp cũ. Không có ý nghĩa gì với văn bản hiện nay."
    ),
}
