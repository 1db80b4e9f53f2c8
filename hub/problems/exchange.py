"""Problems of the exchange: who may do what, where it should go, and what was said before."""

from __future__ import annotations

from hub.problems.row import Problem, Words

EXCHANGE = (
    Problem(
        code="authentication-failed",
        status=401,
        title=Words("Không xác thực được", "Authentication failed"),
        cause=Words(
            "Thiếu khóa API, hoặc khóa sai, hết hạn hay đã thu hồi.",
            "The API key is missing, wrong, expired or revoked.",
        ),
        fix=Words(
            "Gửi `Authorization: Bearer axk_…`; nếu mất khóa, xin người quản trị cấp khóa mới.",
            "Send `Authorization: Bearer axk_…`; when the key is lost, ask the administrator for a new one.",
        ),
        example="Authorization: Basic …",
    ),
    Problem(
        code="not-authorised",
        status=403,
        title=Words("Không được phép", "Not allowed"),
        cause=Words(
            "Hệ thống hoặc cơ quan đang bị đình chỉ, hoặc vai trò này không có quyền.",
            "The system or agency is suspended, or this role may not do that.",
        ),
        fix=Words(
            "Dùng tài khoản có quyền, hoặc hỏi người quản trị trục.",
            "Use an account with the right, or ask the hub's administrator.",
        ),
        example="an auditor posting a package",
    ),
    Problem(
        code="sender-mismatch",
        status=403,
        title=Words("Nơi gửi không thống nhất", "The sender does not agree"),
        cause=Words(
            "Hệ thống gọi, mã `From` và chủ chứng thư không phải cùng một cơ quan.",
            "The calling system, the `From` code and the owner of the certificate are not the same agency.",
        ),
        fix=Words(
            "Gửi bằng hệ thống của cơ quan ghi trong `From`, ký bằng chứng thư của chính cơ quan đó.",
            "Send from the system of the agency in `From`, signed with that agency's own certificate.",
        ),
        example="From H99.02, signed by H99.01",
    ),
    Problem(
        code="not-found",
        status=404,
        title=Words("Không tìm thấy", "Not found"),
        cause=Words(
            "Không có gì ở địa chỉ này mà bên gọi được xem.",
            "There is nothing at this address that the caller may see.",
        ),
        fix=Words("Kiểm tra lại mã và tài khoản đang dùng.", "Check the id and the account in use."),
        example="GET /v1/packages/<id of another agency's package>",
    ),
    Problem(
        code="content-purged",
        status=410,
        title=Words("Nội dung đã được xóa theo chính sách", "The content was purged"),
        cause=Words(
            "Mọi lượt chuyển đã kết thúc và thời hạn lưu nội dung đã qua; biên nhận, mã băm và diễn biến vẫn còn.",
            "Every delivery has ended and the time for which contents are kept is over; receipts, digest and events stay.",
        ),
        fix=Words(
            "Lấy văn bản từ hệ thống đã gửi hoặc đã nhận; so mã băm với biên nhận.",
            "Take the document from the system that sent or received it, and compare its digest with the receipt.",
        ),
        example="GET /v1/packages/<id>/content years later",
    ),
    Problem(
        code="recipient-unknown",
        status=422,
        title=Words("Có nơi nhận không gửi tới được", "A recipient cannot be reached"),
        cause=Words(
            "Có mã nơi nhận không tồn tại, đã đóng, bị đình chỉ hoặc chưa có hệ thống; không gửi cho ai cả.",
            "A recipient's code is unknown, closed, suspended or has no system; nothing was sent to anybody.",
        ),
        fix=Words(
            "Sửa các mã nêu trong `errors` (tra bằng `GET /v1/agencies?q=…`) rồi ký và gửi lại.",
            "Mend the codes in `errors` (look them up with `GET /v1/agencies?q=…`), sign and send again.",
        ),
        example="<edXML:OrganId>H99.77</edXML:OrganId>",
    ),
    Problem(
        code="relay-loop",
        status=409,
        title=Words("Gói tin chạy vòng giữa các trục", "The package goes in a circle"),
        cause=Words(
            "Gói tin từ một trục khác chuyển đến nhưng đã đi qua trục này, do cơ quan của trục này gửi, "
            "hoặc phải gửi ngược lại chính trục đó.",
            "Another axis handed in a package that was here before, that one of our own agencies sent, or that would have to go "
            "back to the very same axis.",
        ),
        fix=Words(
            "Kiểm tra danh bạ ở hai trục: mỗi cơ quan chỉ thuộc về một phía; xem `axis system show`.",
            "Compare the directories of both axes: every agency stands on one side only; see `axis system show`.",
        ),
        example="the national axis returns a document of H99.01",
    ),
    Problem(
        code="message-id-conflict",
        status=409,
        title=Words("Mã văn bản đã dùng cho nội dung khác", "The document id was used for other content"),
        cause=Words(
            "Nơi gửi đã gửi văn bản cùng mã với nội dung khác; văn bản đầu giữ nguyên.",
            "The sender already sent other content under this document id; the first one stands unchanged.",
        ),
        fix=Words(
            "Văn bản mới cần mã mới; để sửa văn bản đã gửi, dùng nghiệp vụ cập nhật hoặc thay thế.",
            "Give a new document a new id; to correct a sent one, send an update or a replacement.",
        ),
        example="the same DocumentId with another subject",
    ),
    Problem(
        code="request-in-progress",
        status=409,
        is_retryable=True,
        title=Words("Yêu cầu giống hệt đang được xử lý", "An equal request is in progress"),
        cause=Words("Cùng một yêu cầu đang chạy.", "The same request is being worked on."),
        fix=Words("Đợi vài giây rồi gửi lại.", "Wait some seconds and send it again."),
        example="two equal posts at once",
    ),
    Problem(
        code="request-inconsistent",
        status=409,
        title=Words("Yêu cầu và gói tin không khớp", "The request does not agree with its package"),
        cause=Words(
            "Tham số của yêu cầu nói về cơ quan gửi hoặc loại khác với gói tin; thường do hai lần gửi trộn vào nhau.",
            "The request's parameters name another sender or kind than the package; usually two calls were mixed.",
        ),
        fix=Words(
            "Gửi lại; mỗi lần gửi dùng một đối tượng dịch vụ riêng của SDK.",
            "Send it again, with a service object of the SDK of its own.",
        ),
        example="sendEdoc with messagetype status and a document",
    ),
    Problem(
        code="idempotency-key-reused",
        status=422,
        title=Words("Idempotency-Key đã dùng cho yêu cầu khác", "The Idempotency-Key was used for another request"),
        cause=Words("Khóa này đã đi với một yêu cầu khác.", "This key already came with another request."),
        fix=Words("Mỗi yêu cầu mới cần một khóa mới.", "Give every new request a new key."),
        example="Idempotency-Key: 1 on two different packages",
    ),
    Problem(
        code="delivery-ended",
        status=409,
        title=Words("Lượt chuyển đã kết thúc", "The delivery has ended"),
        cause=Words(
            "Văn bản đã được thu hồi, bị từ chối, hết hạn hoặc đã giao, nên không còn thay đổi được.",
            "It was withdrawn, refused, expired or handed over, and can change no more.",
        ),
        fix=Words("Xem trạng thái ở `GET /v1/deliveries/{id}`.", "See its state at `GET /v1/deliveries/{id}`."),
        example="ack after a recall",
    ),
    Problem(
        code="delivery-not-consigned",
        status=409,
        title=Words("Lượt chuyển chưa tới hộp nhận", "The delivery is not in the inbox yet"),
        cause=Words(
            "Chỉ xác nhận hoặc từ chối được lượt đã vào hộp nhận.",
            "Only a consigned delivery can be acknowledged or rejected.",
        ),
        fix=Words("Lấy lượt chuyển từ `GET /v1/inbox` trước.", "Take the delivery from `GET /v1/inbox` first."),
        example="ack of a delivery in state queued",
    ),
    Problem(
        code="recall-impossible",
        status=409,
        title=Words("Không thu hồi được", "It cannot be recalled"),
        cause=Words(
            "Chỉ thu hồi được văn bản, không thu hồi được trạng thái.", "Only documents can be recalled, not statuses."
        ),
        fix=Words("Gửi trạng thái mới để đính chính.", "Send another status that corrects it."),
        example="recall of a status 03",
    ),
    Problem(
        code="quota-exceeded",
        status=403,
        title=Words("Hết dung lượng", "The storage quota is used up"),
        cause=Words("Cơ quan đã dùng hết dung lượng được cấp.", "The agency has used up its storage."),
        fix=Words("Liên hệ người quản trị trục.", "Ask the hub's administrator."),
        example="10 GB used of 10 GB",
    ),
    Problem(
        code="rate-limited",
        status=429,
        is_retryable=True,
        title=Words("Gửi quá nhanh", "Too many requests"),
        cause=Words("Hệ thống vượt số yêu cầu cho phép.", "The system sent more requests than it may."),
        fix=Words("Đợi theo `Retry-After`.", "Wait as `Retry-After` says."),
        example="1000 posts in one second",
    ),
    Problem(
        code="webhook-target-forbidden",
        status=422,
        title=Words("Địa chỉ webhook không được phép", "The webhook address is not allowed"),
        cause=Words(
            "Địa chỉ trỏ vào mạng riêng, máy này hoặc dịch vụ nội bộ.",
            "The address leads into a private network, this machine, or an inner service.",
        ),
        fix=Words(
            "Dùng địa chỉ https công khai, hoặc ghi máy vào `delivery.webhook_allow`.",
            "Use a public https address, or list the host in `delivery.webhook_allow`.",
        ),
        example="http://169.254.169.254/",
    ),
)
