"""A server that records every request as it came and answers with prepared bytes, well formed or not."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self


class Recorded(NamedTuple):
    """One request: header names and values as they stood there."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of this name."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


class Say(NamedTuple):
    """What to answer: bytes as they stand, after `delay` seconds; b"" closes without an answer."""

    message: bytes
    delay: float = 0.0
    closes: bool = True


def http(body: bytes | str, status: str = "200 OK", *headers: str) -> Say:
    """A whole answer with its length, after which the connection stays open."""
    data = body.encode() if isinstance(body, str) else body
    lines = "".join(f"{each}\r\n" for each in headers)
    return Say(f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(data)}\r\n\r\n".encode() + data, closes=False)


class ScriptedServer:
    """Answers the first request with the first of `script`, and so on; the last one for ever."""

    def __init__(self, *script: Say, continues: bool = True, port: int = 0) -> None:
        self.script = list(script)
        self.requests: list[Recorded] = []
        self.connections = 0
        self._continues = continues
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as reader:
                while (say := self._answer(connection, reader)) is not None and not say.closes:
                    pass
        except (OSError, ValueError):
            return
        finally:
            with self._lock:
                self._open.discard(connection)

    def say(self, request: Recorded) -> Say:
        """Return the answer to a request, which is recorded already."""
        return self.script[min(len(self.requests), len(self.script)) - 1]

    def _answer(self, connection: socket.socket, reader: socket.SocketIO) -> Say | None:
        line = reader.readline().decode("latin-1").rstrip()
        if not line:
            return None
        headers = []
        while header := reader.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = header.partition(":")
            headers.append((name, value.strip()))
        request = Recorded(line, headers, b"")
        if request.header("Expect") and self._continues:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        request = request._replace(body=reader.read(int(request.header("Content-Length") or 0)))
        with self._lock:
            self.requests.append(request)
            say = self.say(request)
        time.sleep(say.delay)
        connection.sendall(say.message)
        return say
