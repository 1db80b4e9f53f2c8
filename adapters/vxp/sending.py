"""`sendEdoc`: a package comes in. Sent again with the same bytes it is the same package, under the same `DocId`."""

from __future__ import annotations

from aiohttp import web

from adapters.vxp.bodies import received_file
from adapters.vxp.call import Call
from adapters.vxp.envelope import answer, success
from adapters.vxp.parameters import agency_in, kind_in
from hub.submission import Claimed
from hub.trouble import Refusal


async def send(call: Call) -> web.StreamResponse:
    """Submit the file in the body for the agency that its `From` names."""
    claimed = Claimed(sender=_sender(call), kind=kind_in(call.parameters))
    spooled = await received_file(call.request, call.services, call.parameters.get("hash-file", ""))
    try:
        accepted = await call.services.submission.submit(call.caller, spooled, claimed)
    finally:
        await call.services.spool.discard(spooled)
    package = accepted.package
    call.remember(package_id=package.id, size=package.size, replayed=accepted.is_replay)
    return answer(success(DocId=package.id), is_last=False)


def _sender(call: Call) -> str | None:
    """Return the current code of the agency in `from`, None without one; raise `Refusal` when it is not the caller's."""
    code = agency_in(call.parameters, "from")
    if not code:
        return None
    directory = call.snapshot.directory
    if not directory.acts_for(call.caller.name, code):
        raise Refusal(
            "sender-mismatch",
            detail=f"The parameter `from` says {code!r}; this system does not act for that agency.",
            detail_vi=f"Tham số from là {code!r}; hệ thống này không được gửi thay cơ quan đó.",
        )
    return directory.canonical(code)
