"""Problems of what proves the sender: XML signature, certificate, revocation."""

from __future__ import annotations

from hub.problems.row import Problem, Words

_SIGN_AGAIN = Words(
    "Ký lại gói tin bằng `axis sign`, hoặc theo mẫu chữ ký trong docs/packages.md.",
    "Sign the package again with `axis sign`, or after the template of a signature in docs/packages.md.",
)

PROOF = (
    Problem(
        code="signature-missing",
        status=422,
        title=Words("Gói tin chưa ký", "The package is not signed"),
        cause=Words(
            "Hệ thống này phải gửi gói tin có chữ ký số của cơ quan gửi.",
            "This system must send packages that the sending agency has signed.",
        ),
        fix=_SIGN_AGAIN,
        example="an edXML file without ds:Signature",
    ),
    Problem(
        code="signature-invalid",
        status=422,
        title=Words("Chữ ký không đúng", "The signature is wrong"),
        cause=Words(
            "Nội dung đã thay đổi sau khi ký, hoặc giá trị chữ ký không khớp với chứng thư.",
            "Something changed after signing, or the signature value does not fit the certificate.",
        ),
        fix=Words(
            "Gửi đúng các byte đã ký: không định dạng lại, không thêm khoảng trắng hay đổi bảng mã sau khi ký.",
            "Send the very bytes that were signed: no formatting, white space or change of encoding after signing.",
        ),
        example="one digit of the document number changed after signing",
    ),
    Problem(
        code="signature-coverage",
        status=422,
        title=Words("Chữ ký không bao trùm cả gói tin", "The signature does not cover the whole package"),
        cause=Words(
            "Chữ ký chỉ phủ một phần, nằm sai chỗ, hoặc có mã định danh (Id) trùng nhau.",
            "The signature covers a part only, stands in the wrong place, or ids occur twice.",
        ),
        fix=Words(
            'Ký cả phần tử gốc bằng một tham chiếu `URI=""`, chữ ký nằm cuối `edXMLHeader`.',
            'Sign the root element by one reference `URI=""`, with the signature at the end of `edXMLHeader`.',
        ),
        example='<ds:Reference URI="#body">',
    ),
    Problem(
        code="signature-multiple",
        status=422,
        title=Words("Có nhiều chữ ký", "There is more than one signature"),
        cause=Words(
            "Gói tin có từ hai phần tử `ds:Signature`.", "The package has two or more `ds:Signature` elements."
        ),
        fix=Words("Chỉ để một chữ ký của cơ quan gửi.", "Leave the one signature of the sending agency."),
        example="two ds:Signature elements",
    ),
    Problem(
        code="signature-algorithm-forbidden",
        status=422,
        title=Words("Thuật toán ký không được phép", "The signature algorithm is not allowed"),
        cause=Words(
            "Thuật toán quá yếu (SHA-1, MD5, RSA dưới 2048 bit) hoặc không dùng để ký (HMAC).",
            "The algorithm is too weak (SHA-1, MD5, RSA under 2048 bits) or no signature (HMAC).",
        ),
        fix=Words(
            "Ký bằng RSA-SHA256 (khóa từ 2048 bit) hoặc ECDSA-SHA256.",
            "Sign with RSA-SHA256 (2048 bits or more) or ECDSA-SHA256.",
        ),
        example="http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    ),
    Problem(
        code="signature-transform-forbidden",
        status=422,
        title=Words("Phép biến đổi trong chữ ký không được phép", "A transform of the signature is not allowed"),
        cause=Words(
            "Chỉ nhận `enveloped-signature` và chuẩn hóa không kèm chú thích.",
            "Only `enveloped-signature` and canonicalization without comments are accepted.",
        ),
        fix=_SIGN_AGAIN,
        example="http://www.w3.org/TR/1999/REC-xslt-19991116",
    ),
    Problem(
        code="signature-reference-forbidden",
        status=422,
        title=Words("Tham chiếu của chữ ký không được phép", "A reference of the signature is not allowed"),
        cause=Words(
            "Chữ ký trỏ ra ngoài gói tin, dùng XPointer, hoặc thiếu URI.",
            "The signature points outside the package, uses XPointer, or has no URI.",
        ),
        fix=_SIGN_AGAIN,
        example='<ds:Reference URI="file:///etc/passwd">',
    ),
    Problem(
        code="signature-ambiguous-content",
        status=422,
        title=Words("Giá trị đọc được theo hai cách", "A value can be read in two ways"),
        cause=Words(
            "Gói tin có chỉ thị xử lý (`<?…?>`), mà mỗi phần mềm có thể đọc một khác.",
            "The package holds a processing instruction (`<?…?>`), which readers treat differently.",
        ),
        fix=Words("Bỏ mọi chỉ thị xử lý và ký lại.", "Remove processing instructions and sign again."),
        example="<edXML:OrganId>H99.01<?break?>.02</edXML:OrganId>",
    ),
    Problem(
        code="certificate-untrusted",
        status=422,
        title=Words("Chứng thư không được tin cậy", "The certificate is not trusted"),
        cause=Words(
            "Chứng thư không đăng ký cho cơ quan gửi, hoặc không nối được tới gốc tin cậy của trục.",
            "The certificate is not registered for the sending agency, or leads to no trust anchor of the hub.",
        ),
        fix=Words(
            "Ký bằng chứng thư đã đăng ký; chứng thư mới phải đăng ký với người quản trị trục trước.",
            "Sign with the registered certificate; have the administrator register a new one first.",
        ),
        example="a self-signed certificate",
    ),
    Problem(
        code="certificate-expired",
        status=422,
        title=Words("Chứng thư đã hết hạn", "The certificate has expired"),
        cause=Words(
            "Chứng thư ký đã hết hạn khi trục nhận gói tin.",
            "The signing certificate had expired when the hub received the package.",
        ),
        fix=Words(
            "Gia hạn, đăng ký chứng thư mới và ký lại.", "Renew it, register the new certificate, and sign again."
        ),
        example="notAfter = last month",
    ),
    Problem(
        code="certificate-not-yet-valid",
        status=422,
        title=Words("Chứng thư chưa có hiệu lực", "The certificate is not yet valid"),
        cause=Words(
            "Hiệu lực của chứng thư bắt đầu sau thời điểm nhận.",
            "The certificate becomes valid after the time of receipt.",
        ),
        fix=Words(
            "Chờ tới ngày hiệu lực, hoặc ký bằng chứng thư đang có hiệu lực.",
            "Wait, or sign with a certificate that is valid now.",
        ),
        example="notBefore = tomorrow",
    ),
    Problem(
        code="certificate-revoked",
        status=422,
        title=Words("Chứng thư đã bị thu hồi", "The certificate is revoked"),
        cause=Words(
            "Cơ quan cấp đã thu hồi chứng thư, hoặc trục đã đình chỉ nó.",
            "Its issuer revoked the certificate, or the hub suspended it.",
        ),
        fix=Words("Xin cấp và đăng ký chứng thư mới.", "Obtain and register a new certificate."),
        example="serial number in the issuer's CRL",
    ),
    Problem(
        code="certificate-usage",
        status=422,
        title=Words("Chứng thư không dùng để ký", "The certificate is not for signing"),
        cause=Words(
            "Chứng thư không có mục đích `digitalSignature` hay `nonRepudiation`, hoặc là chứng thư của tổ chức cấp.",
            "It has neither `digitalSignature` nor `nonRepudiation`, or is an authority's.",
        ),
        fix=Words(
            "Dùng chứng thư ký số, không dùng chứng thư mã hóa hay SSL.",
            "Use a signing certificate, not one for encryption or TLS.",
        ),
        example="keyUsage = keyEncipherment",
    ),
    Problem(
        code="revocation-unavailable",
        status=503,
        is_retryable=True,
        title=Words("Chưa kiểm tra được thu hồi chứng thư", "Revocation cannot be checked now"),
        cause=Words(
            "Nguồn danh sách thu hồi không trả lời quá thời gian cho phép.",
            "The revocation source has been silent beyond the grace time.",
        ),
        fix=Words("Gửi lại sau; không cần ký lại.", "Send the same package again later; it need not be signed again."),
        example="CRL older than its grace time",
    ),
)
