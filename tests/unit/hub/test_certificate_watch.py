"""Certificates that will end: the ladder, who is told what, and the gauges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import structlog

from hub.accounts import Register, Snapshot
from hub.certificate_watch import CertificateWatch, Ending, by_rung, endings_of
from hub.register import CurrentRegister
from signing.keys import der_of, facts, fingerprint
from signing.lab import KeyKind, LabPki, Validity
from signing.verify import RegisteredCertificate

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
PKI = LabPki.create(NOW, kind=KeyKind.EC_P256)


def seal(code, days, *, is_suspended=False):
    """Register a certificate of an agency with this many days left."""
    certificate = PKI.agency(code, "Sở Mẫu", validity=Validity(NOW - 400 * DAY, NOW + days * DAY)).certificate
    return RegisteredCertificate(fingerprint(certificate), code, der_of(certificate), is_suspended)


class Letters:
    """A messenger that keeps what it is told."""

    def __init__(self):
        self.told = []

    async def tell(self, subject, text):
        self.told.append((subject, text))


def watch(*certificates, hub_days=400, messenger=None):
    register = CurrentRegister(source=None)
    register.snapshot = Snapshot.of(Register(1, (), (), certificates, (), (), {}))
    hub = PKI.hub("H99", validity=Validity(NOW - DAY, NOW + hub_days * DAY)).certificate
    return CertificateWatch(hub=facts(hub), register=register, clock=lambda: NOW, messenger=messenger)


def test_an_agency_ends_with_its_last_certificate():
    """Who has registered a newer one is not told of the old one; a suspended one does not count."""
    one, two, suspended = seal("A", 5), seal("A", 300), seal("B", 300, is_suspended=True)
    endings = endings_of((one, two, suspended, seal("B", 20)), {})
    assert [(each.whose, each.days_left(NOW)) for each in endings] == [("B", 20), ("A", 300)]


def test_an_unreadable_certificate_ends_nobody():
    """What cannot be read is left out, and read once."""
    known = {}
    assert endings_of((RegisteredCertificate("00", "A", b"garbage"),), known) == ()
    assert known == {"00": None}


@pytest.mark.parametrize(
    "left, has_crossed",
    [
        (60.5, True),
        (61.5, False),
        (59.5, False),
        (30.2, True),
        (14.9, True),
        (7.0, True),
        (1.0, True),
        (2.0, False),
        (-0.5, True),
    ],
)
def test_each_rung_is_told_once(left, has_crossed):
    """Looked at once a day, a certificate is told on the day that it comes to 60, 30, 14, 7, 1 days, and when it ends."""
    ending = Ending(NOW + left * DAY, "A")
    assert ending.has_crossed(NOW - DAY, NOW) is has_crossed


def test_counts_by_rung():
    """Every agency stands on one rung, or on none."""
    days = (-1, 0.5, 1, 6, 7, 7.5, 13, 29, 31, 60, 61, 300)
    counts = by_rung(tuple(sorted(Ending(NOW + left * DAY, str(left)) for left in days)), NOW)
    assert counts == {"60": 2, "30": 1, "14": 2, "7": 2, "1": 2, "ended": 1}


async def test_the_daily_look_logs_and_writes():
    """Each certificate at a rung is a log event; all together are one mail, the hub's own among them."""
    letters = Letters()
    watching = watch(seal("H99.01", 14.5), seal("H99.02", 200), hub_days=30.5, messenger=letters)
    with structlog.testing.capture_logs() as lines:
        assert await watching.look(NOW - DAY) == 2
    told = [(line["whose"], line["days_left"]) for line in lines if line["event"] == "certificate-ending"]
    assert told == [("hub", 30), ("H99.01", 14)]
    (summary,) = [line for line in lines if line["event"] == "certificates-looked-at"]
    assert summary["hub_days_left"] == 30
    ((subject, text),) = letters.told
    assert "2 chứng thư số" in subject
    assert "H99.01: còn 14 ngày" in text


async def test_what_came_to_a_rung_while_the_hub_was_stopped_is_told():
    """The look after a pause of a month tells of every certificate that came to a rung meanwhile, once."""
    letters = Letters()
    certificates = (seal("H99.01", 20), seal("H99.02", 35), seal("H99.03", 61.5), seal("H99.04", 100))
    assert await watch(*certificates, messenger=letters).look(NOW - 30 * DAY) == 2
    ((_, text),) = letters.told
    assert [code in text for code in ("H99.01", "H99.02", "H99.03", "H99.04")] == [True, True, False, False]


async def test_without_news_nobody_is_written_to():
    """On a day without a rung there is no mail."""
    letters = Letters()
    assert await watch(seal("H99.01", 100), messenger=letters).look(NOW - DAY) == 0
    assert letters.told == []


async def test_gauges():
    """The hub's days and the count per rung, without a label per agency."""
    watching = watch(seal("H99.01", 14.5), seal("H99.02", 6), hub_days=30)
    await watching.follow()
    measured = {(each.name, *each.labels.values()): each.value for each in watching.measure()}
    assert measured[("axis_certificate_days_left",)] == pytest.approx(30)
    assert measured[("axis_agencies_certificate_ending", "30")] == 1
    assert measured[("axis_agencies_certificate_ending", "7")] == 1
    assert len(measured) == 7
