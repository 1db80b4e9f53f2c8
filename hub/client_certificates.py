"""Whether the client certificate of a connection was revoked, by the evidence that the hub holds about signers anyway.

The binding in the register already names one certificate, so a list that is missing or old keeps nobody out here: only one
that names the certificate does. Whoever needs it shut at once takes the binding away.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from hub.trouble import Refusal
from signing.memo import Memo
from signing.revocation import Revocation

_REMEMBERED = 4096  #: certificates


class ClientCertificate(Struct, frozen=True):
    """A certificate that was proved to us: its DER form, and the SHA-256 of that (hex)."""

    sha256: str
    der: bytes


class ClientCertificates:
    """Asks the evidence of the moment; what was said of a certificate is remembered until there is new evidence."""

    def __init__(self, revocation: Callable[[], Revocation | None]) -> None:
        self._revocation = revocation
        self._said: Memo[tuple[str, str], bool] = Memo(_REMEMBERED)

    def require_good(self, certificate: ClientCertificate) -> None:
        """Raise `Refusal` authentication-failed when a list or an answer that is held says that it was revoked."""
        revocation = self._revocation()
        if revocation is None:
            return
        question = certificate.sha256, revocation.evidence.version
        is_revoked = self._said.get(question)
        if is_revoked is None:
            is_revoked = revocation.evidence.names_revoked(certificate.der)
            self._said.put(question, is_revoked)
        if is_revoked:
            raise Refusal(
                "authentication-failed",
                detail="The client certificate was revoked by its authority; connect with another one.",
                detail_vi="Chứng thư của kết nối đã bị cơ quan cấp thu hồi; hãy kết nối bằng chứng thư khác.",
            )
