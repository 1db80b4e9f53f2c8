"""What both HTTP clients of the SDK share: a request, an answer, and plain sockets."""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urlsplit

from adapters.vxp.signature import signed_headers

LIMIT = 200.0  #: seconds; the SDK itself waits for ever


class NoConnection(Exception):
    """Nobody listens."""


class NoAnswer(Exception):
    """The server closed or reset the connection before it answered."""


class Request(NamedTuple):
    """One call: the parameters in the order in which they are signed."""

    method: str
    url: str
    parameters: dict[str, str]
    secret: str
    body: bytes

    def header_lines(self, encode: type[HeaderText]) -> list[tuple[bytes, bytes]]:
        """Return the protocol's headers; `sign-header` as UTF-8 is what was signed, values go as the client writes them."""
        lines = [("Content-Type", self.parameters["Content-Type"]), *signed_headers(self.parameters, self.secret)]
        return [(name.encode(), encode.of(name, value)) for name, value in lines]


class HeaderText:
    """How a client writes the characters of a header value: the JDK as UTF-8."""

    @classmethod
    def of(cls, name: str, value: str) -> bytes:
        """Return the bytes of one value."""
        return value.encode()


class LowBytes(HeaderText):
    """Apache keeps the low byte of each character."""

    @classmethod
    def of(cls, name: str, value: str) -> bytes:
        return bytes(ord(character) & 0xFF for character in value)


class Answer(NamedTuple):
    """An answer as read: `is_cut` when the server closed before the promised length."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    is_cut: bool = False


def connect(url: str, tls: ssl.SSLContext | None) -> socket.socket:
    """Open a connection to the host of `url`; raise `NoConnection`."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        connection = socket.create_connection((parts.hostname or "", port), timeout=LIMIT)
    except OSError as error:
        raise NoConnection(str(error)) from error
    if parts.scheme != "https":
        return connection
    return (tls or ssl.create_default_context()).wrap_socket(connection, server_hostname=parts.hostname)


def head(method: str, url: str, lines: list[tuple[bytes, bytes]]) -> bytes:
    """Write the request line and the headers."""
    parts = urlsplit(url)
    target = parts.path or "/"
    host = (b"Host", parts.netloc.encode())
    written = b"".join(name + b": " + value + b"\r\n" for name, value in [*lines, host])
    return f"{method} {target} HTTP/1.1\r\n".encode() + written + b"\r\n"


def read_answer(connection: socket.socket, method: str) -> Answer:
    """Read one answer; raise `NoAnswer` when there is none."""
    with closing(http.client.HTTPResponse(connection, method=method)) as response:
        return _read(response)


def _read(response: http.client.HTTPResponse) -> Answer:
    try:
        response.begin()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(str(error)) from error
    try:
        return Answer(response.status, response.headers, response.read())
    except http.client.IncompleteRead as error:
        return Answer(response.status, response.headers, error.partial, is_cut=True)
    except OSError:
        return Answer(response.status, response.headers, b"", is_cut=True)
