"""Sends one request and brings back its answer, whole and in time, or a typed error."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

import aiohttp
import msgspec
from msgspec import Struct
from multidict import CIMultiDictProxy
from yarl import URL

from adapters.client.errors import HubUnreachable, Problem, ProblemError, UnexpectedAnswer

_LARGEST_ANSWER = 64 * 1024 * 1024  #: bytes held in memory for one answer
_BYTES_PER_SECOND = 256 * 1024  #: an upload or download slower than this over its whole length is given up
_PROBLEM = msgspec.json.Decoder(Problem)
_REPEATABLE = {429, 503}


class RetryPolicy(Struct, frozen=True):
    """How often and how patiently a request is repeated; delays double from `first` up to `longest`, in seconds."""

    attempts: int = 5
    first: float = 0.2
    longest: float = 10.0
    answer_within: float = 30.0

    def delay(self, failures: int, wish: timedelta | None) -> float:
        """Return how many seconds to wait after so many failures; the hub's own wish counts, within bounds."""
        spread = 0.5 + random.random() / 2  # noqa: S311 - no secret
        own = min(self.first * 2.0 ** (failures - 1), self.longest) * spread
        return min(max(own, wish.total_seconds() if wish else 0.0), self.longest)


class Request(Struct, frozen=True, kw_only=True):
    """What to send. `wait` is how long the hub may hold a long poll; the body is the same at every repetition."""

    method: str
    path: str
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: bytes | Path | None = None
    wait: float = 0.0
    download_bytes: int = 0


class Answer(Struct, frozen=True):
    """A whole answer of 2xx."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    next_cursor: str | None


class Transport:
    """One hub, one credential, one connection pool."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, headers: Mapping[str, str], retry: RetryPolicy
    ) -> None:
        self._session = session
        self._base = URL(base_url.rstrip("/"))
        self._headers = dict(headers)
        self._retry = retry

    async def send(self, request: Request, *, accept: frozenset[int] = frozenset()) -> Answer:
        """Send and read the whole answer; statuses in `accept` count as answers beside 2xx.

        Raises:
            ProblemError, HubUnreachable, UnexpectedAnswer.
        """
        failures = 0
        while True:
            try:
                async with self.open(request, accept=accept) as response:
                    return await _whole(response)
            except (HubUnreachable, ProblemError) as error:
                failures += 1
                if failures >= self._retry.attempts or not _may_repeat(error):
                    raise
                await asyncio.sleep(self._retry.delay(failures, getattr(error, "retry_after", None)))

    @asynccontextmanager
    async def open(
        self, request: Request, *, accept: frozenset[int] = frozenset()
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send once and give the answer to be read as a stream; errors as in `send`."""
        try:
            with _opened(request.body) as body:
                async with self._session.request(
                    request.method,
                    self._base.joinpath(request.path.lstrip("/"), encoded=True).with_query(dict(request.query)),
                    headers={**self._headers, **request.headers},
                    data=body,
                    allow_redirects=False,
                    timeout=self._limits(request),
                ) as response:
                    if not (200 <= response.status < 300 or response.status in accept):
                        raise await _problem(response)
                    yield response
        except TimeoutError as error:
            raise HubUnreachable(f"No answer from {self._base} in time.") from error
        except aiohttp.ClientError as error:
            raise HubUnreachable(f"No answer from {self._base}: {error}") from error

    def _limits(self, request: Request) -> aiohttp.ClientTimeout:
        moved = request.download_bytes + _size(request.body)
        total = self._retry.answer_within + request.wait + moved / _BYTES_PER_SECOND
        return aiohttp.ClientTimeout(total=total, sock_connect=10)


def _may_repeat(error: HubUnreachable | ProblemError) -> bool:
    return isinstance(error, HubUnreachable) or error.problem.status in _REPEATABLE


@contextmanager
def _opened(body: bytes | Path | None) -> Iterator[bytes | IO[bytes] | None]:
    if isinstance(body, Path):
        with body.open("rb") as file:
            yield file
    else:
        yield body


def _size(body: bytes | Path | None) -> int:
    if body is None:
        return 0
    return len(body) if isinstance(body, bytes) else body.stat().st_size


async def _whole(response: aiohttp.ClientResponse) -> Answer:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > _LARGEST_ANSWER:
            raise UnexpectedAnswer(f"The answer from {response.url} is longer than {_LARGEST_ANSWER} bytes.")
        chunks.append(chunk)
    following = response.links.get("next")
    cursor = URL(str(following["url"])).query.get("cursor") if following is not None else None
    return Answer(response.status, response.headers, b"".join(chunks), cursor)


async def _problem(response: aiohttp.ClientResponse) -> ProblemError | UnexpectedAnswer:
    body = (await _whole(response)).body
    try:
        problem = _PROBLEM.decode(body)
    except msgspec.DecodeError:
        if response.status in _REPEATABLE:  # a proxy in front of the hub, speaking for it
            return ProblemError(Problem(title=response.reason or "", status=response.status), _retry_after(response))
        return UnexpectedAnswer(f"{response.url} answered {response.status} and no problem document: is a hub there?")
    return ProblemError(msgspec.structs.replace(problem, status=response.status), _retry_after(response))


def _retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    text = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(text[:6])) if text.isdecimal() else None
