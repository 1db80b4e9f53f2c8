"""Who is calling: the system whose secret the signature was made with, from a place where it may call from.

The signature covers neither method nor path nor time, and the same request comes again for months, so a header set is a ticket
to everything that its system may do. Hence the further terms that a system can be given: its own client certificate, its
own networks. Nothing is compared in a way whose time tells how near a guess was.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from aiohttp import web
from msgspec import Struct

from adapters.vxp.parameters import Parameters
from adapters.vxp.signature import Claim, SecretMismatch, SignatureInvalid, read_claim
from hub.accounts import Caller, Role, Snapshot
from hub.annex import Visitor
from hub.services import Services
from hub.shared_secrets import SecretLocker, SharedSecret, VxpTerms
from hub.trouble import Deferral, Refusal

#: Compared with when a system has no secret, so that the answer takes as long as for one that has.
_NOBODY = "0" * 43
_MOST_OPENED = 20_000
_MOST_POLLS = 5_000  #: requests of about 1.5 KB each

RawHeaders = tuple[tuple[bytes, bytes], ...]


class Admitted(Struct, frozen=True):
    """A caller and what it signed with which secret. `terms` are those of its system, by a version of the register."""

    caller: Caller
    secret: SharedSecret
    parameters: Parameters
    terms: VxpTerms
    version: int

    @property
    def system_id(self) -> str:
        """The id of the calling system."""
        return self.caller.name


class Callers:
    """Lets systems in."""

    def __init__(self, services: Services, locker: SecretLocker) -> None:
        self._services = services
        self._locker = locker
        self._opened: dict[bytes, str] = {}
        self._polls: dict[RawHeaders, tuple[SharedSecret, Parameters]] = {}

    async def admit(self, request: web.Request, visitor: Visitor, *, may_come_again: bool = True) -> Admitted:
        """Return the caller; raise `Refusal` (authentication-failed, not-authorised) or `Deferral` (rate-limited).

        `may_come_again`: the very same request is likely to be repeated, so what was found out about it is remembered.
        """
        at = self._services.clock()
        snapshot = self._services.register.known()
        secret, parameters = self._proven(request.raw_headers, snapshot, at, is_kept=may_come_again)
        caller = Caller(secret.system_id, Role.SYSTEM)
        visitor.remember(caller=caller.name, client_since=parameters.get("timestamp"))
        terms = snapshot.vxp_terms.get(caller.name, VxpTerms())
        _require_active(caller.name, snapshot)
        _require_terms(caller.name, terms, visitor, snapshot, at)
        self._services.credential_uses.note((secret.id,), at)
        await self._pace(caller)
        return Admitted(caller, secret, parameters, terms, snapshot.directory.version)

    def admit_again(self, admitted: Admitted) -> bool:
        """Let the very same request in from the same address, and count it; False: it is to be judged anew, or has to wait.

        All that was judged depends on the request, the register and the end of its secret. Raises `Deferral` as `admit` does.
        """
        at = self._services.clock()
        if self._services.register.known().directory.version != admitted.version or not admitted.secret.is_valid(at):
            return False
        if not self._services.admission.may_come_at_once(admitted.caller):
            return False
        self._services.credential_uses.note((admitted.secret.id,), at)
        return True

    def _proven(
        self, headers: RawHeaders, snapshot: Snapshot, at: datetime, *, is_kept: bool
    ) -> tuple[SharedSecret, Parameters]:
        """Return the secret that a request was signed with, and what it says. A poll is the same, byte for byte, for months."""
        known = self._polls.get(headers)
        if (
            known is not None
            and known[0].is_valid(at)
            and known[0] in snapshot.shared_secrets.get(known[0].system_id, ())
        ):
            return known
        try:
            claim = read_claim(headers)
        except SignatureInvalid as error:
            raise _failed(f"The signature headers are not right: {error}.", _HEADERS_WRONG) from error
        found = self._proof(claim, snapshot, at), claim.parameters
        if is_kept:
            if len(self._polls) >= _MOST_POLLS:
                self._polls.clear()
            self._polls[headers] = found
        return found

    def _proof(self, claim: Claim, snapshot: Snapshot, at: datetime) -> SharedSecret:
        for secret in snapshot.shared_secrets.get(claim.system_id, ()):
            if secret.is_valid(at) and _is_proof(claim, self._open(secret)):
                return secret
        _is_proof(claim, _NOBODY)
        raise _failed("The system id or its secret is wrong.", "Sai mã hệ thống (systemid) hoặc khóa bí mật.")

    def _open(self, secret: SharedSecret) -> str:
        opened = self._opened.get(secret.sealed)
        if opened is None:
            if len(self._opened) >= _MOST_OPENED:
                self._opened.clear()
            opened = self._opened[secret.sealed] = self._locker.open(secret.sealed, secret.purpose)
        return opened

    async def _pace(self, caller: Caller) -> None:
        allowance = self._services.admission.allowance(caller)
        if allowance is None:
            return
        if not allowance.is_granted:
            raise Deferral("rate-limited", retry_after=timedelta(seconds=allowance.wait))
        if allowance.wait:
            await asyncio.sleep(allowance.wait)


def _is_proof(claim: Claim, secret: str) -> bool:
    try:
        claim.proven_by(secret)
    except SecretMismatch:
        return False
    return True


_HEADERS_WRONG = (
    "Các tiêu đề ký của yêu cầu không hợp lệ (thiếu, lặp, hoặc khác với nội dung đã ký). "
    "Chỉ dùng tham số không dấu; kiểm tra phiên bản SDK và máy trung gian."
)


def _require_active(system_id: str, snapshot: Snapshot) -> None:
    system = snapshot.directory.system(system_id)
    if system is None or not system.is_active:
        raise Refusal(
            "not-authorised",
            detail="This system is suspended; ask the hub's administrator.",
            detail_vi="Hệ thống này đang bị đình chỉ; hãy liên hệ người quản trị trục.",
        )


def _require_terms(system_id: str, terms: VxpTerms, visitor: Visitor, snapshot: Snapshot, at: datetime) -> None:
    presented = snapshot.system_certificates.get(visitor.certificate_sha256 or "")
    if presented is not None and presented.system_id != system_id:
        raise _failed(
            "The client certificate belongs to another system.", "Chứng thư của kết nối thuộc về hệ thống khác."
        )
    if terms.needs_certificate and (presented is None or not presented.is_valid(at)):
        raise _failed(
            "This system must present its client certificate.",
            "Hệ thống này phải kết nối bằng chứng thư (TLS) đã đăng ký với trục.",
        )
    if terms.networks and not _is_within(visitor.address, terms.networks):
        raise _failed(
            f"This system may not call from {visitor.address}.",
            f"Hệ thống này không được kết nối từ địa chỉ {visitor.address}; hãy nhờ người quản trị trục bổ sung.",
        )


def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False  # a unix socket, or a connection that is gone
    return any(found in ip_network(network) for network in networks)


def _failed(en: str, vi: str) -> Refusal:
    return Refusal("authentication-failed", detail=en, detail_vi=vi)
