"""Problems of the HTTP edge and of the hub's own state."""

from __future__ import annotations

from hub.problems.row import Problem, Words

_LATER = Words(
    "Gửi lại sau theo `Retry-After`; chưa có gì được ghi.", "Send it again as `Retry-After` says; nothing was recorded."
)
_ASK_OPERATOR = Words("Báo cho người vận hành trục kèm `trace_id`.", "Tell the hub's operator and name the `trace_id`.")

SERVICE = (
    Problem(
        code="body-too-large",
        status=413,
        title=Words("Nội dung quá lớn", "The body is too large"),
        cause=Words("Nội dung vượt giới hạn của đường dẫn này.", "The body exceeds the limit of this route."),
        fix=Words(
            "Giảm kích thước tệp đính kèm hoặc gửi làm nhiều văn bản.",
            "Make the attachments smaller, or send several documents.",
        ),
        example="a package of 60 MB",
    ),
    Problem(
        code="content-encoding-unsupported",
        status=415,
        title=Words("Không nhận nội dung nén", "Compressed bodies are not accepted"),
        cause=Words("Có `Content-Encoding` khác `identity`.", "There is a `Content-Encoding` other than `identity`."),
        fix=Words("Gửi nguyên nội dung, không nén.", "Send the body as it is, not compressed."),
        example="Content-Encoding: gzip",
    ),
    Problem(
        code="content-type-unsupported",
        status=415,
        title=Words("Kiểu nội dung không được nhận", "The content type is not accepted"),
        cause=Words(
            "`Content-Type` thiếu hoặc không phải kiểu của đường dẫn này.",
            "`Content-Type` is missing or not one of this route's.",
        ),
        fix=Words(
            "Gói tin: `application/xml`, `text/xml` hoặc `application/edxml+xml`, UTF-8. Còn lại: `application/json`.",
            "Packages: `application/xml`, `text/xml` or `application/edxml+xml`, UTF-8. All else: `application/json`.",
        ),
        example="Content-Type: text/plain",
    ),
    Problem(
        code="content-digest-mismatch",
        status=400,
        title=Words("Nội dung không khớp Content-Digest", "The body does not match its Content-Digest"),
        cause=Words(
            "Nội dung bị hỏng trên đường, hoặc `Content-Digest` (RFC 9530) sai.",
            "The body was damaged on the way, or its `Content-Digest` (RFC 9530) is wrong.",
        ),
        fix=Words(
            "Tính lại SHA-256 của đúng các byte gửi đi và gửi lại.",
            "Compute the SHA-256 of the very bytes sent, and send again.",
        ),
        example="Content-Digest: sha-256=:AAAA…=:",
    ),
    Problem(
        code="json-invalid",
        status=400,
        title=Words("JSON không hợp lệ", "The JSON is invalid"),
        cause=Words(
            "Nội dung không phải JSON hoặc sai dạng; `errors` nêu chỗ sai.",
            "The body is not JSON or has another shape; `errors` says where.",
        ),
        fix=Words("Gửi đúng dạng ghi trong `/openapi.yaml`.", "Send the shape that `/openapi.yaml` shows."),
        example='{"reason": 5}',
    ),
    Problem(
        code="query-invalid",
        status=400,
        title=Words("Tham số không hợp lệ", "A parameter is invalid"),
        cause=Words(
            "Có tham số lạ, lặp lại, hoặc giá trị ngoài khoảng; `errors` nêu tên.",
            "A parameter is unknown, repeated or out of range; `errors` names it.",
        ),
        fix=Words("Sửa các tham số nêu trong `errors`.", "Mend the parameters in `errors`."),
        example="?limit=1000",
    ),
    Problem(
        code="cursor-invalid",
        status=400,
        title=Words("Con trỏ không hợp lệ", "The cursor is invalid"),
        cause=Words("`cursor` không phải của danh sách này.", "The `cursor` does not belong to this list."),
        fix=Words(
            "Dùng nguyên văn liên kết `next` của trang trước.", "Follow the `next` link of the page before, unchanged."
        ),
        example="?cursor=2",
    ),
    Problem(
        code="method-not-allowed",
        status=405,
        title=Words("Phương thức không dùng được ở đây", "The method is not allowed here"),
        cause=Words(
            "Đường dẫn có thật nhưng không nhận phương thức này.", "The path exists but does not take this method."
        ),
        fix=Words("Dùng phương thức nêu trong `Allow`.", "Use a method that `Allow` names."),
        example="DELETE /v1/packages",
    ),
    Problem(
        code="protocol-error",
        status=400,
        title=Words("Yêu cầu HTTP hỏng", "The HTTP request is broken"),
        cause=Words(
            "Yêu cầu vi phạm HTTP/1.1; kết nối bị đóng.", "The request breaks HTTP/1.1; the connection is closed."
        ),
        fix=Words(
            "Dùng thư viện HTTP thông dụng; kiểm tra máy trung gian.",
            "Use a common HTTP library; check proxies on the way.",
        ),
        example="Content-Length and Transfer-Encoding together",
    ),
    Problem(
        code="request-timeout",
        status=408,
        title=Words("Gửi quá chậm", "The request came too slowly"),
        cause=Words("Phần đầu hoặc nội dung không tới đủ trong thời hạn.", "Headers or body did not arrive in time."),
        fix=Words("Kiểm tra đường truyền và gửi lại.", "Check the connection and send again."),
        example="half a header, then silence",
    ),
    Problem(
        code="defect",
        status=500,
        title=Words("Lỗi của trục", "A fault of the hub"),
        cause=Words(
            "Đây là lỗi của chúng tôi; người vận hành đã được báo.",
            "This is our fault; the operators have been alarmed.",
        ),
        fix=_ASK_OPERATOR,
        example="-",
    ),
    Problem(
        code="integrity-error",
        status=500,
        title=Words("Dữ liệu lưu trữ bị sai lệch", "Stored data is damaged"),
        cause=Words(
            "Dữ liệu đọc lên không khớp mã băm đã ghi, nên không trả ra.",
            "What was read does not match its recorded digest, so it is not given out.",
        ),
        fix=_ASK_OPERATOR,
        example="one byte of a content file changed",
    ),
    Problem(
        code="overloaded",
        status=503,
        is_retryable=True,
        title=Words("Trục đang quá tải", "The hub is overloaded"),
        cause=Words("Trục đang làm hết sức.", "The hub has as much work as it can take."),
        fix=_LATER,
        example="queue of work full",
    ),
    Problem(
        code="storage-unavailable",
        status=503,
        is_retryable=True,
        title=Words("Kho dữ liệu tạm ngừng", "The store is away"),
        cause=Words("Cơ sở dữ liệu không trả lời.", "The database does not answer."),
        fix=_LATER,
        example="database restarting",
    ),
    Problem(
        code="upstream-unreachable",
        status=503,
        is_retryable=True,
        title=Words("Trục khác không trả lời", "Another axis is away"),
        cause=Words(
            "Trục mà trục này kết nối tới không trả lời, hoặc trả lời không đúng giao thức.",
            "An axis that this hub connects to does not answer, or not by the protocol.",
        ),
        fix=Words(
            "Gói tin đi và đến đợi ở hai phía; xem docs/upstream.md và nhật ký `collection-deferred`.",
            "What goes there and comes from there waits on both sides; see docs/upstream.md and the log event "
            "`collection-deferred`.",
        ),
        example="readyz?verbose while the national axis is down",
    ),
    Problem(
        code="storage-full",
        status=503,
        is_retryable=True,
        title=Words("Hết chỗ lưu trữ", "The store is full"),
        cause=Words("Ổ đĩa của trục đã đầy.", "The hub's disk is full."),
        fix=_LATER,
        example="no space left on device",
    ),
    Problem(
        code="broker-unavailable",
        status=503,
        is_retryable=True,
        title=Words("Hàng đợi tạm ngừng", "The broker is away"),
        cause=Words(
            "Máy chủ hàng đợi không trả lời; gói tin đã nhận vẫn an toàn và sẽ được chuyển sau.",
            "The message broker does not answer; what was accepted is safe and will be carried later.",
        ),
        fix=_LATER,
        example="RabbitMQ restarting",
    ),
    Problem(
        code="shutting-down",
        status=503,
        is_retryable=True,
        title=Words("Trục đang dừng", "The hub is shutting down"),
        cause=Words(
            "Tiến trình này đang dừng và không nhận việc mới.", "This process is stopping and takes no new work."
        ),
        fix=_LATER,
        example="a planned restart",
    ),
    Problem(
        code="signing-unavailable",
        status=503,
        is_retryable=True,
        title=Words("Không ký được biên nhận", "Receipts cannot be signed"),
        cause=Words(
            "Khóa ký của trục không dùng được; không nhận gì khi không có biên nhận.",
            "The hub's key is away, and nothing is accepted without a receipt.",
        ),
        fix=_LATER,
        example="key file missing",
    ),
    Problem(
        code="clock-unreliable",
        status=503,
        is_retryable=True,
        title=Words("Đồng hồ của trục không tin được", "The hub's clock cannot be trusted"),
        cause=Words("Đồng hồ lệch quá mức.", "The clock is too far off."),
        fix=_LATER,
        example="the clock went back one hour",
    ),
    Problem(
        code="timestamp-unavailable",
        status=503,
        is_retryable=True,
        title=Words("Không lấy được dấu thời gian", "No time stamp can be had"),
        cause=Words(
            "Dịch vụ dấu thời gian ngừng quá thời gian cho phép.",
            "The time-stamp authority has been away beyond the grace time.",
        ),
        fix=_LATER,
        example="time-stamp authority down for a day",
    ),
    Problem(
        code="log-rollback-detected",
        status=503,
        is_retryable=True,
        title=Words("Nhật ký bị lùi lại", "The log went backwards"),
        cause=Words(
            "Cơ sở dữ liệu thiếu sự kiện mà trục đã ghi: đó là bản cũ.",
            "The database lacks events that the hub has recorded: it is an older copy.",
        ),
        fix=_ASK_OPERATOR,
        example="restored from an old backup",
    ),
)
