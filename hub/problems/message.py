"""Problems of what was sent: its XML, its schema, its attachments."""

from __future__ import annotations

from hub.problems.row import Problem, Words

MESSAGE = (
    Problem(
        code="xml-not-well-formed",
        status=400,
        title=Words("Nội dung không phải XML đúng cú pháp", "The body is not well-formed XML"),
        cause=Words(
            "Gói tin rỗng, bị cắt ngang hoặc sai cú pháp XML.",
            "The package is empty, cut short, or breaks the rules of XML.",
        ),
        fix=Words(
            "Kiểm tra tệp bằng `xmllint --noout TỆP` và gửi nguyên từng byte, không qua trình soạn thảo.",
            "Check the file with `xmllint --noout FILE` and send it byte for byte, not through an editor.",
        ),
        example="<edXML><edXMLEnvelope></edXML>",
    ),
    Problem(
        code="xml-dtd-forbidden",
        status=400,
        title=Words("XML có DOCTYPE", "The XML has a DOCTYPE"),
        cause=Words(
            "Khai báo DOCTYPE có thể đọc tệp và làm cạn bộ nhớ nên không bao giờ được nhận.",
            "A DOCTYPE can read files and exhaust memory, so none is ever accepted.",
        ),
        fix=Words("Bỏ khai báo DOCTYPE; edXML không cần nó.", "Remove the DOCTYPE; edXML needs none."),
        example='<!DOCTYPE edXML SYSTEM "edxml.dtd">',
    ),
    Problem(
        code="xml-encoding-unsupported",
        status=400,
        title=Words("Bảng mã không phải UTF-8", "The encoding is not UTF-8"),
        cause=Words(
            "Gói tin khai báo hoặc dùng bảng mã khác UTF-8, hoặc dùng XML 1.1.",
            "The package declares or uses an encoding other than UTF-8, or is XML 1.1.",
        ),
        fix=Words(
            'Ghi tệp bằng UTF-8 và khai báo `<?xml version="1.0" encoding="UTF-8"?>`, rồi ký lại.',
            'Write the file in UTF-8, declare `<?xml version="1.0" encoding="UTF-8"?>`, and sign it again.',
        ),
        example='<?xml version="1.0" encoding="UTF-16"?>',
    ),
    Problem(
        code="xml-limit-exceeded",
        status=400,
        title=Words("XML vượt giới hạn cấu trúc", "The XML exceeds a structural limit"),
        cause=Words(
            "Có quá nhiều phần tử, thuộc tính, tham chiếu, tầng lồng nhau, hoặc tên quá dài.",
            "There are too many elements, attributes, references or levels, or a name is too long.",
        ),
        fix=Words(
            "So gói tin với mẫu trong docs/packages.md; gói tin thật không bao giờ chạm các giới hạn này.",
            "Compare the package with the sample in docs/packages.md; real packages never come near these limits.",
        ),
        example="10 000 nested elements",
    ),
    Problem(
        code="document-type-unknown",
        status=422,
        title=Words("Không phải edXML", "This is not edXML"),
        cause=Words(
            "Phần tử gốc, không gian tên hoặc phiên bản không phải của edXML (QCVN 102:2016).",
            "The root element, its namespace or its version is not that of edXML (QCVN 102:2016).",
        ),
        fix=Words(
            "Dùng phần tử gốc `edXML` trong không gian tên `http://www.mic.gov.vn/TBT/QCVN_102_2016`.",
            "Use the root element `edXML` in the namespace `http://www.mic.gov.vn/TBT/QCVN_102_2016`.",
        ),
        example="<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'>",
    ),
    Problem(
        code="schema-invalid",
        status=422,
        title=Words("Gói tin sai lược đồ", "The package breaks the schema"),
        cause=Words(
            "Thiếu phần tử bắt buộc, hoặc giá trị có dạng, độ dài hay mã không cho phép; `errors` nêu từng chỗ.",
            "A required element is missing, or a form, length or code is not allowed; `errors` names each place.",
        ),
        fix=Words(
            "Sửa mọi chỗ nêu trong `errors`, ký lại và gửi lại; thử trước bằng `POST /v1/packages/validate`.",
            "Mend every place in `errors`, sign again and send again; try first with `POST /v1/packages/validate`.",
        ),
        example="<edXML:Priority>9</edXML:Priority>",
    ),
    Problem(
        code="message-stale",
        status=422,
        title=Words("Thời điểm gửi ngoài khoảng cho phép", "The sending time is outside the window"),
        cause=Words(
            "Thời điểm gửi ghi trong gói tin quá xa so với hiện tại.",
            "The sending time in the package is too far from the present.",
        ),
        fix=Words(
            "Chỉnh đồng hồ máy gửi (múi giờ +07:00), lập lại gói tin với thời điểm thật và ký lại.",
            "Set the sender's clock (time zone +07:00), compose the package again with the true time, and sign it.",
        ),
        example="<edXML:Timestamp>2035/01/01 08:00:00</edXML:Timestamp>",
    ),
    Problem(
        code="attachment-mismatch",
        status=422,
        title=Words("Tệp đính kèm không khớp", "An attachment does not match"),
        cause=Words(
            "Số tệp, kích thước, mã băm hoặc base64 không khớp với danh mục đính kèm.",
            "The number of files, a size, a digest or the base64 does not agree with the manifest.",
        ),
        fix=Words(
            "Lập lại phần đính kèm từ chính các tệp gốc, mỗi mục trong danh mục đúng một tệp, rồi ký lại.",
            "Build the attachments again from the original files, one for each entry of the manifest, and sign.",
        ),
        example="two entries in Manifest, one edXMLAttachment",
    ),
    Problem(
        code="attachment-name-invalid",
        status=422,
        title=Words("Tên tệp đính kèm không hợp lệ", "An attachment's name is invalid"),
        cause=Words(
            "Tên chứa đường dẫn, ký tự điều khiển, ký tự đảo chiều, hoặc quá dài.",
            "The name holds a path, control characters or direction marks, or is too long.",
        ),
        fix=Words(
            "Đặt tên tệp ngắn, không có `/`, `\\` và ký tự ẩn.",
            "Use a short name without `/`, `\\` and hidden characters.",
        ),
        example="../../etc/passwd",
    ),
    Problem(
        code="attachment-unsafe",
        status=422,
        title=Words("Tệp đính kèm không an toàn", "An attachment is unsafe"),
        cause=Words(
            "Tệp nén phình quá lớn khi giải nén, có nhiều mục, hoặc chứa đường dẫn ra ngoài.",
            "The zip expands too far, has more than one entry, or holds a path that leads outside.",
        ),
        fix=Words(
            "Gửi tệp gốc, không nén, hoặc nén mỗi tệp riêng.", "Send the plain file, or zip each file by itself."
        ),
        example="a zip of 1 MB that expands to 10 GB",
    ),
    Problem(
        code="sdk-misreading",
        status=422,
        title=Words("SDK quốc gia của nơi nhận sẽ đọc sai", "A recipient's national SDK would misread it"),
        cause=Words(
            "Nơi nhận dùng SDK quốc gia, sẽ đọc sai các chỗ nêu trong `errors` mà không báo lỗi; "
            "gói tin đã ký số thì trục không được phép sửa.",
            "A recipient uses the national SDK, which would misread the places in `errors` without a word; "
            "a signed package cannot be mended by the hub.",
        ),
        fix=Words(
            "Sửa các chỗ nêu trong `errors`, ký lại và gửi lại.", "Mend the places in `errors`, sign and send again."
        ),
        example="a signed package without DocumentId to a recipient bound `vxp`",
    ),
)
