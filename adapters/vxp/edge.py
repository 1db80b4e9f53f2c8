"""The server side as one annex of the hub's HTTP edge: every path under `/vxp/` is answered in the SDK's terms.

What an operation decides, refusals included, has the status 200: this client looks at nothing but the envelope. Other
statuses are for whoever stands between: a path or method that does not exist, a request that breaks HTTP, a full hub.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from aiohttp import web

from adapters.vxp.bodies import drain, small_body
from adapters.vxp.call import Call
from adapters.vxp.callers import Admitted, Callers
from adapters.vxp.codes import code_of, reason_of
from adapters.vxp.envelope import HEADERS, JSON, encoded, failure
from adapters.vxp.operations import Operation, operation_at
from hub.annex import PlainAnswer, Standing, Visitor
from hub.problems import CATALOGUE
from hub.services import Services
from hub.shared_secrets import SecretLocker
from hub.trouble import Deferral, Refusal, Trouble

NAME = "vxp"

#: Refusals that are no operation's decision.
_OF_HTTP = frozenset({"protocol-error", "request-timeout", "method-not-allowed"})

#: After these there is no more of a body to wait for.
_BODY_ENDED = frozenset({"protocol-error", "request-timeout"})


class VxpEdge:
    """Implements the annex that `adapters.http` serves."""

    name = NAME

    def __init__(self, services: Services, locker: SecretLocker) -> None:
        self._services = services
        self._callers = Callers(services, locker)

    async def answer(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Answer one request; whatever it is refused for, its body is read first."""
        try:
            return await self._answered(request, visitor)
        except Trouble as trouble:
            if trouble.code not in _BODY_ENDED:
                await drain(request, self._services.settings.listen.body_timeout)
            raise

    def in_trouble(self, path: str, trouble: Trouble) -> PlainAnswer:
        """Return the refusal that the operation at `path` can give: an envelope, or nothing for a download."""
        operation = operation_at(path)
        headers = {"Axis-Problem": trouble.code, **_retry_after(trouble)}
        if operation is not None and operation.data is None:
            return PlainAnswer(_status_of_nothing(trouble), b"", JSON, headers)
        data = () if operation is None else operation.data
        body = encoded(failure(code_of(trouble), reason_of(trouble), data=data))
        return PlainAnswer(_status(trouble, operation), body, JSON, headers)

    async def _answered(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        operation = operation_at(request.rel_url.raw_path)
        if operation is None:
            raise Refusal(
                "not-found",
                detail="There is no such operation.",
                detail_vi="Không có chức năng này; kiểm tra địa chỉ gốc đã cấu hình trong SDK.",
            )
        visitor.remember(route=f"/{NAME}/{operation.name}")
        if request.method not in operation.methods:
            raise Refusal("method-not-allowed")
        if visitor.is_stopping:
            raise Deferral("shutting-down")
        admitted = await self._callers.admit(request, visitor, may_come_again=not operation.takes_file)
        call = Call(
            request=request,
            services=self._services,
            caller=admitted.caller,
            parameters=admitted.parameters,
            terms=admitted.terms,
            body=b"" if operation.takes_file else await small_body(request, self._services),
            remember=visitor.remember,
            offer=partial(self._offer, visitor, admitted),
        )
        return await operation.handler(call)

    def _offer(self, visitor: Visitor, admitted: Admitted, body: bytes, holds: Callable[[], bool]) -> None:
        answer = PlainAnswer(200, body, JSON, HEADERS)
        visitor.offer(Standing(answer, lambda: holds() and self._callers.admit_again(admitted)))


def _status(trouble: Trouble, operation: Operation | None) -> int:
    if operation is not None and isinstance(trouble, Refusal) and trouble.code not in _OF_HTTP:
        return 200
    return CATALOGUE.get(trouble.code, CATALOGUE["defect"]).status


def _status_of_nothing(trouble: Trouble) -> int:
    """Return a status that says something without a body: 404 for every refusal of a document."""
    if isinstance(trouble, Refusal) and trouble.code not in _OF_HTTP:
        return 404
    return CATALOGUE.get(trouble.code, CATALOGUE["defect"]).status


def _retry_after(trouble: Trouble) -> dict[str, str]:
    if not isinstance(trouble, Deferral):
        return {}
    return {"Retry-After": str(max(1, math.ceil(trouble.retry_after.total_seconds())))}
