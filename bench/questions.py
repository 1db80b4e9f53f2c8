"""What is asked of every list of the API: by whom, with which filters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy import create_engine, func, select

from adapters.storage.tables import deliveries, packages

_DAY = 86_400_000_000  #: microseconds


class Asker(Struct, frozen=True):
    """Who asks, with what key; `agency` is one of its own or, for those who see all, any."""

    name: str
    key: str
    agency: str
    is_system: bool = True


class Question(Struct, frozen=True):
    """One list with its filters."""

    asker: Asker
    path: str


class Samples(Struct, frozen=True):
    """Values to filter by, taken from the past itself: its times, and its last package with a recipient."""

    first_at: int
    last_at: int
    package_id: str
    document_id: str
    notation: str
    recipient: str

    @classmethod
    def of(cls, url: str) -> Samples:
        """Read them."""
        bounds = select(func.min(packages.c.accepted_at), func.max(packages.c.accepted_at))
        last = select(packages.c.id, packages.c.document_id, packages.c.notation, deliveries.c.recipient)
        engine = create_engine(url)
        with engine.connect() as connection:
            first_at, last_at = connection.execute(bounds).one()
            some = connection.execute(last.join(deliveries).order_by(packages.c.accepted_at.desc()).limit(1)).one()
        engine.dispose()
        return cls(first_at, last_at, *some)

    def ranges(self) -> tuple[str, ...]:
        """Return time filters: none, a day of the middle, all but the last eleven months, the last day."""
        middle = (self.first_at + self.last_at) // 2
        return (
            "",
            f"from={_time(middle)}&to={_time(middle + _DAY)}",
            f"to={_time(self.first_at + 30 * _DAY)}",
            f"from={_time(self.last_at - _DAY)}",
        )


def questions(asker: Asker, samples: Samples) -> Iterator[Question]:
    """Yield all."""
    for path in (*_histories(asker, samples), *_agencies()):
        yield Question(asker, path)
    if asker.is_system:
        for path in _mailboxes():
            yield Question(asker, path)


def _histories(asker: Asker, samples: Samples) -> Iterator[str]:
    names = ("", f"document_id={quote(samples.document_id)}", f"notation={quote(samples.notation)}")
    for name, time_range, limit in product(names, samples.ranges(), ("", "limit=200")):
        yield _path("/v1/packages", name, time_range, limit)
    for name, time_range in product(("", "code=no-route"), samples.ranges()):
        yield _path("/v1/refusals", name, time_range)
    events = ("", "event=ContentHandover", "event=Expiry", "event=Recall")
    agencies = ("", *(f"agency={each}" for each in dict.fromkeys((asker.agency, samples.recipient, "X99.0298", "H99"))))
    for event, agency, time_range in product(events, agencies, samples.ranges()):
        yield _path("/v1/receipts", event, agency, time_range)
    yield _path("/v1/receipts", f"package={samples.package_id}")


def _agencies() -> Iterator[str]:
    for name in ("", "q=so+mau", "q=huyen", "parent=H99"):
        yield _path("/v1/agencies", name)


def _mailboxes() -> Iterator[str]:
    for name in ("", "lane=urgent", "lane=normal", "limit=200"):
        yield _path("/v1/inbox", name, "lease=1")
    for name in ("after=0", f"after={2**40}", "after=1000000&limit=200"):
        yield _path("/v1/feed", name)


def _path(path: str, *parts: str) -> str:
    asked = "&".join(part for part in parts if part)
    return f"{path}?{asked}" if asked else path


def _time(micros: int) -> str:
    return f"{datetime.fromtimestamp(micros // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
