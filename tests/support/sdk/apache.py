"""Apache HttpClient 4.5, which every operation but sendEdoc uses.

A new connection for each call; `Expect: 100-continue` before every body, with up to 3 s of waiting; the configured number of
attempts in all, POST included, without a pause; and list calls leave their connection open.
"""

from __future__ import annotations

import gzip
import selectors
import socket
import ssl
import zlib
from urllib.parse import urljoin

from tests.support.sdk.wire import Answer, LowBytes, NoAnswer, Request, connect, head, read_answer

EXPECT_WAIT = 3.0  #: seconds until the body is sent without having been asked for


class ApacheClient:
    """`attempts` is the SDK's setting "retry" (2 to 5). `waited` counts bodies that nobody asked for in time."""

    def __init__(self, attempts: int = 3, tls: ssl.SSLContext | None = None) -> None:
        self._attempts = attempts
        self._tls = tls
        self.left_open: list[socket.socket] = []
        self.waited = 0

    def call(self, request: Request, *, leaves_open: bool) -> Answer:
        """Send a request; raises `NoConnection` or `NoAnswer`."""
        url, method, body = request.url, request.method, request.body
        lines = [*request.header_lines(LowBytes), (b"Accept-Encoding", b"gzip,deflate"), (b"Connection", b"Keep-Alive")]
        while True:
            answer = self._attempt(method, url, lines, body, leaves_open=leaves_open)
            followed = {301, 302, 303, 307} if method == "GET" else {303}
            if answer.status not in followed:
                return _unpacked(answer)
            url, method, body = urljoin(url, answer.headers.get("Location", "")), "GET", b""

    def _attempt(
        self, method: str, url: str, lines: list[tuple[bytes, bytes]], body: bytes, *, leaves_open: bool
    ) -> Answer:
        for left in reversed(range(self._attempts)):
            try:
                return self._once(method, url, lines, body, leaves_open=leaves_open)
            except NoAnswer:
                if not left:
                    raise
        raise NoAnswer("no attempt was allowed")

    def _once(
        self, method: str, url: str, lines: list[tuple[bytes, bytes]], body: bytes, *, leaves_open: bool
    ) -> Answer:
        connection = connect(url, self._tls)
        is_kept = False
        try:
            answer = self._exchange(connection, method, url, lines, body)
            is_kept = leaves_open and not answer.is_cut
        finally:
            if is_kept:
                self.left_open.append(connection)
            else:
                connection.close()
        return answer

    def _exchange(
        self, connection: socket.socket, method: str, url: str, lines: list[tuple[bytes, bytes]], body: bytes
    ) -> Answer:
        length = [(b"Content-Length", str(len(body)).encode())] if method == "POST" else []
        expect = [(b"Expect", b"100-continue")] if body else []
        try:
            connection.sendall(head(method, url, [*lines, *length, *expect]))
            if body and self._is_asked_for(connection):
                connection.sendall(body)
        except OSError as error:
            raise NoAnswer(str(error)) from error
        return read_answer(connection, method)

    def _is_asked_for(self, connection: socket.socket) -> bool:
        """Wait for `100 Continue`; whether the body is to be sent. A final answer instead is left to be read."""
        with (
            selectors.DefaultSelector() as waiting
        ):  # select() knows no descriptor above 1023, and lists leave theirs open
            waiting.register(connection, selectors.EVENT_READ)
            is_answered = bool(waiting.select(EXPECT_WAIT))
        if not is_answered:
            self.waited += 1
            return True
        if not connection.recv(12, socket.MSG_PEEK).startswith(b"HTTP/1.1 100"):
            return False
        seen = b""
        while not seen.endswith(b"\r\n\r\n"):
            read = connection.recv(1)
            if not read:
                raise NoAnswer("closed inside 100 Continue")
            seen += read
        return True

    def close(self) -> None:
        """End the process, as far as connections go."""
        for connection in self.left_open:
            connection.close()
        self.left_open.clear()


def _unpacked(answer: Answer) -> Answer:
    coding = answer.headers.get("Content-Encoding", "")
    try:
        if coding == "gzip":
            return answer._replace(body=gzip.decompress(answer.body))
        if coding == "deflate":
            return answer._replace(body=zlib.decompress(answer.body))
    except (OSError, EOFError, zlib.error):
        return answer._replace(body=b"", is_cut=True)
    return answer
