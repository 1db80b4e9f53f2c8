"""The JDK's own client, which sendEdoc uses: whole body at once, connection kept, a POST silently repeated once."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from urllib.parse import urljoin

from tests.support.sdk.wire import Answer, HeaderText, NoAnswer, Request, connect, head, read_answer

_LIKE_GET = {301, 302, 303}
_ACCEPT = (b"Accept", b"text/html, image/gif, image/jpeg, */*; q=0.2")
_MOST_REDIRECTS = 20


class JdkClient:
    """One kept connection; no time limits."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.kept: socket.socket | None = None

    def call(self, request: Request) -> Answer:
        """Send a request and follow redirects; raises `NoConnection` or `NoAnswer`."""
        lines = [
            *request.header_lines(HeaderText),
            (b"Cache-Control", b"no-cache"),
            (b"Pragma", b"no-cache"),
            _ACCEPT,
            (b"Connection", b"keep-alive"),
        ]
        url, method, body = request.url, request.method, request.body
        for _ in range(_MOST_REDIRECTS):
            answer = self._exchange(method, url, lines, body)
            if answer.status in _LIKE_GET:  # followed without signature and body
                method, body, lines = "GET", b"", [_ACCEPT, (b"Connection", b"keep-alive")]
            elif answer.status != 307:
                return answer
            url = urljoin(url, answer.headers.get("Location", ""))
        raise NoAnswer("redirected too often")

    def _exchange(self, method: str, url: str, lines: list[tuple[bytes, bytes]], body: bytes) -> Answer:
        length = [(b"Content-Length", str(len(body)).encode())] if method == "POST" else []
        message = head(method, url, [*lines, *length]) + body
        try:
            return self._once(method, url, message)
        except NoAnswer:  # once more, and nobody is told
            return self._once(method, url, message)

    def _once(self, method: str, url: str, message: bytes) -> Answer:
        connection, self.kept = self.kept or connect(url, self._tls), None
        with suppress(OSError):  # the server may have refused early: its answer is read all the same
            connection.sendall(message)
        try:
            answer = read_answer(connection, method)
        except NoAnswer:
            connection.close()
            raise
        if answer.is_cut or (answer.headers.get("Connection") or "").lower() == "close":
            connection.close()
        else:
            self.kept = connection
        return answer

    def close(self) -> None:
        """Drop the kept connection."""
        if self.kept is not None:
            self.kept.close()
            self.kept = None
