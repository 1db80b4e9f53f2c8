"""The cache of revocation evidence against real sources: files, and HTTP servers that answer, fail, lie and stall."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from cryptography.x509 import ocsp

from adapters.trust.revocation import open_revocation
from adapters.trust.standing import Pace, Standing
from hub.settings import RevocationSettings
from signing.keys import der_of, fingerprint
from signing.lab import Addresses, KeyKind, LabPki, Validity
from signing.lab_revocation import crl, ocsp_answer, responder
from signing.revocation import Revoked
from signing.revocation_places import is_answered_by
from signing.revocation_reading import read_ocsp
from signing.verify import RegisteredCertificate

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
PACE = Pace(first_retry=timedelta(minutes=1))


@pytest.fixture(scope="module")
def pki():
    return LabPki.create(NOW, kind=KeyKind.EC_P256)


class Clock:
    """Stands still; `meanwhile` happens one after the other, whenever the time is asked for."""

    def __init__(self):
        self.now = NOW
        self.meanwhile = []

    def __call__(self):
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return self.now


class Place:
    """A server on this machine that says what the test wants, and counts who asked."""

    def __init__(self):
        self.body, self.status, self.wait, self.asked = b"", 200, 0.0, []
        self.headers = {}

    async def handle(self, request):
        self.asked.append((request.method, request.path, await request.read()))
        await asyncio.sleep(self.wait)
        body = self.body(self.asked[-1][2]) if callable(self.body) else self.body
        return web.Response(body=body, status=self.status, headers=self.headers)


@pytest.fixture
async def place():
    """An HTTP server, with its address as `url`."""
    made = Place()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/x.crl"
    yield made
    await runner.cleanup()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opened(pki, tmp_path, clock):
    """Open a cache over this folder; inner addresses are allowed unless the test says otherwise."""

    @asynccontextmanager
    async def open_(*places, identities=(), allow=("127.0.0.1",), **choices):
        registered = {
            fingerprint(each.certificate): RegisteredCertificate(
                fingerprint(each.certificate), "H99.01", der_of(each.certificate)
            )
            for each in identities
        }
        settings = RevocationSettings(mode="require", crl=tuple(places), allow=allow, **choices)
        known = (pki.root.certificate, pki.subordinate.certificate)
        async with open_revocation(settings, tmp_path, known, lambda: registered, clock, pace=PACE) as cache:
            yield cache

    return open_


def standing_of(cache):
    return [each for each, count in cache.standings().items() for _ in range(count)]


async def test_a_file_is_there_from_the_start_and_followed(opened, pki, tmp_path):
    """A configured file serves at once; when it changes, the next look takes it."""
    path = tmp_path / "sub.crl"
    path.write_bytes(crl(pki.subordinate, NOW))
    async with opened("sub.crl") as cache:
        assert standing_of(cache) == [Standing.FRESH]
        before = cache.current
        await cache.refresh()
        assert cache.current is before
        path.write_bytes(crl(pki.subordinate, NOW + timedelta(seconds=1), {7: Revoked(NOW, "superseded")}))
        await cache.refresh()
        assert cache.current.evidence.lists[0].serials == {7}


async def test_a_file_that_is_written_while_it_is_judged_is_read_again(opened, pki, tmp_path, clock):
    """What comes between reading a file and believing it is taken at the next look, not an hour later."""
    path = tmp_path / "sub.crl"

    def write(number):
        path.write_bytes(crl(pki.subordinate, NOW + timedelta(seconds=number), {number: Revoked(NOW, "superseded")}))
        os.utime(path, (number, number))

    write(1)
    async with opened("sub.crl") as cache:
        write(2)
        clock.meanwhile = [lambda: None, lambda: write(3)]  # the second to ask is who judges it
        await cache.refresh()
        assert cache.current.evidence.lists[0].serials == {2}
        await cache.refresh()
        assert cache.current.evidence.lists[0].serials == {3}


async def test_an_address_is_asked_in_the_background_and_kept(opened, pki, place, tmp_path):
    """Opening asks nobody; refreshing asks once, and what came survives on disk without the source."""
    place.body = crl(pki.subordinate, NOW)
    async with opened(place.url) as cache:
        assert place.asked == []
        assert standing_of(cache) == [Standing.MISSING]
        await cache.refresh()
        await cache.refresh()
        assert len(place.asked) == 1
        version = cache.current.evidence.version
    place.status = 500
    async with opened(place.url) as cache:
        assert cache.current.evidence.version == version
        assert len(place.asked) == 1
    assert [path.suffix for path in (tmp_path / "data" / "trust").iterdir()] == [".crl"]


async def test_a_list_is_renewed_ahead_of_its_next_update(opened, pki, place, clock):
    """Between 70 and 90 % of its time a list is asked for again, and not before."""
    place.body = crl(pki.subordinate, NOW, lifetime=HOUR)
    async with opened(place.url) as cache:
        await cache.refresh()
        clock.now = NOW + timedelta(minutes=41)
        await cache.refresh()
        assert len(place.asked) == 1
        clock.now = NOW + timedelta(minutes=55)
        place.body = crl(pki.subordinate, clock.now, lifetime=HOUR)
        await cache.refresh()
        assert len(place.asked) == 2
        assert cache.current.evidence.lists[0].this_update == clock.now


async def test_a_source_that_is_down_is_told_by_its_standing(opened, pki, place, clock):
    """Fresh, then grace, then expired; health says degraded, the last word is held throughout."""
    place.body = crl(pki.subordinate, NOW, lifetime=HOUR)
    async with opened(place.url, grace_hours=2.0) as cache:
        await cache.refresh()
        assert await cache.probe() == "1 fresh"
        place.status = 503
        for hours, standing in ((0.9, Standing.FRESH), (2.9, Standing.GRACE), (3.1, Standing.EXPIRED)):
            clock.now = NOW + hours * HOUR
            await cache.refresh()
            assert standing_of(cache) == [standing]
        assert await cache.probe() == "degraded: 1 expired"
        assert cache.held()[0].failure.endswith("answered 503")
        assert len(cache.current.evidence.lists) == 1


async def test_a_failing_source_is_asked_ever_more_rarely(opened, place, clock):
    """The pauses double, up to ten minutes."""
    place.status = 500
    async with opened(place.url) as cache:
        pauses = []
        for _ in range(6):
            await cache.refresh()
            pauses.append((cache.held()[0].due_at - clock.now) / timedelta(minutes=1))
            clock.now = cache.held()[0].due_at
        for pause, middle in zip(pauses, (1, 2, 4, 8, 10, 10), strict=True):
            assert 0.8 * middle <= pause <= 1.2 * middle


@pytest.mark.parametrize("what", ["garbage", "of another authority", "older", "of tomorrow", "empty"])
async def test_what_is_not_believed_does_not_displace_what_is(what, opened, pki, place, clock):
    """A bad answer counts as a failure; the list held stays."""
    place.body = crl(pki.subordinate, NOW, {7: Revoked(NOW, "superseded")})
    async with opened(place.url) as cache:
        await cache.refresh()
        version = cache.current.evidence.version
        place.body = {
            "garbage": b"<html>moved</html>",
            "of another authority": crl(LabPki.create(NOW, kind=KeyKind.EC_P256).subordinate, NOW + HOUR),
            "older": crl(pki.subordinate, NOW - HOUR),
            "of tomorrow": crl(pki.subordinate, NOW + timedelta(days=1)),
            "empty": b"",
        }[what]
        clock.now = NOW + 2 * HOUR
        await cache.refresh()
        assert len(place.asked) == 2
        assert cache.held()[0].failure
        assert cache.current.evidence.version == version


async def test_too_large_too_slow_and_redirected_answers_are_failures(opened, pki, place):
    """The limits of size and time hold, and no redirect is followed."""
    place.body = crl(pki.subordinate, NOW) + bytes(5000)
    async with opened(place.url, max_bytes=4000) as cache:
        await cache.refresh()
        assert "more than 4000 bytes" in cache.held()[0].failure
    place.wait = 1.0
    async with opened(place.url, timeout=0.1) as cache:
        await cache.refresh()
        assert "in time" in cache.held()[0].failure
    place.wait, place.status, place.headers = 0.0, 302, {"Location": place.url}
    async with opened(place.url) as cache:
        await cache.refresh()
        assert "answered 302" in cache.held()[0].failure
    assert len(place.asked) == 3


@pytest.mark.parametrize("forger", ["another authority", "an agency", "a responder of another authority"])
async def test_a_forged_answer_does_not_displace_a_true_one(forger, opened, pki, place, clock):
    """Who stands on the way to a responder can neither make a certificate good nor make it undetermined."""
    seal = pki.agency("H99.01", "Sở Mẫu", addresses=Addresses(ocsp=(place.url,)))
    other = LabPki.create(NOW, kind=KeyKind.EC_P256)
    place.body = ocsp_answer(pki.subordinate, seal.certificate, NOW)
    async with opened(identities=[seal]) as cache:
        await cache.refresh()
        version = cache.current.evidence.version
        by = {
            "an agency": pki.agency("H99.02", "Khác"),
            "a responder of another authority": responder(other.subordinate, Validity.around(NOW)),
        }
        authority = other.subordinate if forger == "another authority" else pki.subordinate
        clock.now = NOW + 2 * HOUR
        place.body = ocsp_answer(authority, seal.certificate, clock.now, by=by.get(forger))
        await cache.refresh()
        assert len(place.asked) == 2
        assert "No known authority" in cache.held()[0].failure
        assert cache.current.evidence.version == version


@pytest.mark.parametrize("kind", KeyKind)
def test_the_answer_of_a_responder_is_believed(kind):
    """An authority may have its responder speak, with a certificate for that, whatever the kind of its keys."""
    pki = LabPki.create(NOW, kind=kind)
    seal = pki.agency("H99.01", "Sở Mẫu")
    authorities = (pki.root.certificate, pki.subordinate.certificate)
    for by in (None, responder(pki.subordinate, Validity.around(NOW))):
        answer = read_ocsp(ocsp_answer(pki.subordinate, seal.certificate, NOW, by=by))
        assert is_answered_by(answer, authorities)


@pytest.mark.parametrize("status", [302, 307])
async def test_a_responder_that_redirects_is_a_failure(status, opened, pki, place):
    """The question about a certificate goes to the place that it names and to no other."""
    seal = pki.agency("H99.01", "Sở Mẫu", addresses=Addresses(ocsp=(place.url,)))
    place.status, place.headers = status, {"Location": place.url}
    async with opened(identities=[seal]) as cache:
        await cache.refresh()
        assert f"answered {status}" in cache.held()[0].failure
    assert len(place.asked) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.crl", "http://169.254.169.254/", "http://localhost:9/x.crl"])
async def test_no_inner_address_is_asked(url, opened):
    """What a certificate names cannot turn the hub against its own network."""
    async with opened(url, allow=()) as cache:
        await cache.refresh()
        assert "inner address" in cache.held()[0].failure


async def test_certificates_name_their_lists(opened, pki, place):
    """The address in a registered certificate is asked, once for all that name it; switched off, it is not."""
    place.body = crl(pki.subordinate, NOW)
    named = Addresses(crl=(place.url,), ocsp=(place.url,))
    seals = [pki.agency("H99.01", name, addresses=named) for name in ("Sở Mẫu", "Sở Khác")]
    async with opened(identities=seals, named_places=False) as cache:
        await cache.refresh()
        assert cache.held() == ()
    async with opened(identities=seals) as cache:
        await cache.refresh()
        assert [method for method, _, _ in place.asked] == ["GET"]
        assert standing_of(cache) == [Standing.FRESH]


async def test_a_responder_is_asked_where_only_that_is_named(opened, pki, place):
    """A certificate with an OCSP address alone is asked about by POST; the answer joins the evidence."""
    seal = pki.agency("H99.01", "Sở Mẫu", addresses=Addresses(ocsp=(place.url,)))

    def answer(question):
        assert ocsp.load_der_ocsp_request(question).serial_number == seal.certificate.serial_number
        return ocsp_answer(pki.subordinate, seal.certificate, NOW)

    place.body = answer
    async with opened(identities=[seal]) as cache:
        await cache.refresh()
        assert [method for method, _, _ in place.asked] == ["POST"]
        assert cache.current.evidence.answers[0].serial == seal.certificate.serial_number


async def test_the_answer_about_another_certificate_is_a_failure(opened, pki, place):
    """A responder that answers something else is not believed."""
    seal = pki.agency("H99.01", "Sở Mẫu", addresses=Addresses(ocsp=(place.url,)))
    place.body = ocsp_answer(pki.subordinate, pki.agency("H99.02", "Khác").certificate, NOW)
    async with opened(identities=[seal]) as cache:
        await cache.refresh()
        assert "another certificate" in cache.held()[0].failure


async def test_processes_on_one_disk_share_what_was_fetched(opened, pki, place, clock):
    """What another process has just written is read instead of asking again."""
    clock.now = datetime.now(UTC)
    place.body = crl(pki.subordinate, clock.now, lifetime=HOUR)
    async with opened(place.url) as one, opened(place.url) as other:
        await one.refresh()
        await other.refresh()
        assert len(place.asked) == 2
        clock.now = datetime.now(UTC) + timedelta(minutes=55)
        place.body = crl(pki.subordinate, clock.now, lifetime=HOUR)
        await one.refresh()
        await other.refresh()
        assert len(place.asked) == 3
        assert other.current.evidence.version == one.current.evidence.version


async def test_damage_on_disk_is_only_a_missing_list(opened, pki, place, tmp_path):
    """A damaged file of the cache is refused like any other garbage, and fetched anew."""
    place.body = crl(pki.subordinate, NOW)
    async with opened(place.url) as cache:
        await cache.refresh()
    (kept,) = (tmp_path / "data" / "trust").iterdir()
    kept.write_bytes(b"damaged")
    async with opened(place.url) as cache:
        assert standing_of(cache) == [Standing.MISSING]


async def test_gauges_count_the_sources(opened, pki, place):
    """Standing and freshness are measured from memory."""
    place.body = crl(pki.subordinate, NOW, lifetime=HOUR)
    async with opened(place.url) as cache:
        await cache.refresh()
        measured = {(each.name, *each.labels.values()): each.value for each in cache.measure()}
    assert measured[("axis_revocation_sources", "fresh")] == 1
    assert measured[("axis_revocation_seconds_left",)] == 3600
