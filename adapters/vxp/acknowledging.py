"""`updateStatus`: what the recipient's system says about a delivery. `done` is the handover, with its receipt."""

from __future__ import annotations

from aiohttp import web

from adapters.vxp.call import Call
from adapters.vxp.envelope import answer, success
from adapters.vxp.parameters import delivery_in
from hub.access import not_found
from hub.events import Event
from hub.trouble import Refusal

_MARKS = {"processing": Event.PROCESSING, "fail": Event.PROCESSING_FAILURE}


async def update(call: Call) -> web.StreamResponse:
    """Record the caller's word; a repeat changes nothing and is answered alike."""
    # Two spellings may stand there at once: the misspelt one is what the caller meant, the other is left over.
    delivery_id = delivery_in(call.parameters, "docid", "docId")
    word = call.parameters.get("status", "").strip().strip('"').lower()
    if word != "done" and word not in _MARKS:
        raise Refusal(
            "query-invalid",
            detail="The parameter `status` must be processing, done or fail.",
            detail_vi="Tham số status phải là processing, done hoặc fail.",
        )
    if delivery_id is None:
        raise not_found()
    call.remember(delivery_id=delivery_id, word=word)
    await call.services.admission.taking(call.caller)
    if word == "done":
        await call.services.handover.acknowledge(call.caller, delivery_id)
    else:
        await call.services.tray.mark(call.caller, delivery_id, _MARKS[word])
    return answer(success())
