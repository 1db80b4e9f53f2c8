"""A plain HTTP client: one request, one answer, nothing hidden."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any

import msgspec
from msgspec import Struct

from adapters.http.views import Problem

LIMIT = 20.0  #: seconds that any answer may take


class Answer(Struct, frozen=True):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> Problem:
        """The problem document, strictly read; the answer must say that it is one."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body[:500]
        problem = msgspec.json.decode(self.body, type=Problem)
        assert problem.status == self.status
        assert problem.trace_id == self.headers["Trace-Id"]
        return problem

    @property
    def code(self) -> str:
        return self.problem.type.removeprefix("urn:axis:problem:")


class Api(Struct, frozen=True):
    """The API as one caller meets it; without a key as nobody."""

    port: int
    key: str | None = None

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        *,
        is_chunked: bool = False,
    ) -> Answer:
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            connection.request(method, path, body, sent | (headers or {}), encode_chunked=is_chunked)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, value: Any = None, headers: dict[str, str] | None = None) -> Answer:
        body = None if value is None else json.dumps(value).encode()
        sent = {} if body is None else {"Content-Type": "application/json"}
        return self.request("POST", path, body, sent | (headers or {}))

    def submit(self, package: bytes, path: str = "/v1/packages", **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", path, package, {"Content-Type": "application/xml"} | sent)


def raw(port: int, data: bytes, *, until: float = LIMIT) -> bytes:
    """Send bytes as they are and return all that comes until the hub closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=until) as connection:
        connection.sendall(data)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer
