"""What a caller reads: packages, deliveries, receipts, feed, directory."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import msgspec
import pytest

from adapters.http import views
from hub.ids import uuid7
from schemas.edxml.compose import NewFile
from signing.certificates import TrustAnchors
from signing.keys import load_certificates
from signing.receipt import open_receipt
from tests.integration.http.conftest import A, B
from tests.support.two_hubs import eventually


def following(answer):
    """The address of the next page, None at the end."""
    link = answer.headers["Link"]
    return None if link is None else link.removeprefix("<").removesuffix('>; rel="next"')


def walked(api, path):
    """All items of a list, page by page."""
    items = []
    while path is not None:
        answer = api.get(path)
        assert answer.status == 200, answer.body
        items += answer.json["items"]
        path = following(answer)
    return items


def state_of(world, package):
    """The state of a package's one delivery, as its sender sees it."""
    (delivery,) = world.api().get(f"/v1/packages/{package['id']}").json["deliveries"]
    return delivery["state"]


def test_package(world):
    """A package shows what its envelope says, its attachments as decoded, and a delivery per recipient."""
    data = b"%PDF-1.7 \x00 file"
    package = world.accepted(recipients=["H99.02", "H99.06"], urgency=2, files=[NewFile("văn bản.pdf", data)])
    (attachment,) = package["attachments"]
    assert (package["sender"], package["urgency"], package["kind"], package["business"]) == (
        "H99.01",
        2,
        "document",
        "new",
    )
    assert (attachment["name"], attachment["sha256"]) == ("văn bản.pdf", hashlib.sha256(data).hexdigest())
    assert [(each["recipient"], each["state"], each["lane"]) for each in package["deliveries"]] == [
        ("H99.02", "accepted", "urgent"),
        ("H99.06", "accepted", "urgent"),
    ]


def test_shapes(world):
    """Every answer has exactly the shape that the description promises."""
    package = world.accepted()
    delivery_id = world.collected(package)
    shapes = {
        f"/v1/packages/{package['id']}": views.Package,
        "/v1/packages?limit=3": views.Packages,
        f"/v1/packages/{package['id']}/events": views.Timeline,
        f"/v1/packages/{package['id']}/receipts": views.Receipts,
        f"/v1/deliveries/{delivery_id}": views.Delivery,
        "/v1/receipts?limit=3": views.Receipts,
        "/v1/feed?limit=3": views.FeedPage,
        "/v1/agencies?limit=3": views.Agencies,
        "/v1/agencies/H99.01": views.Agency,
        "/v1/refusals?limit=3": views.Refusals,
        "/readyz?verbose": views.Readiness,
        "/livez": views.Liveness,
    }
    for path, shape in shapes.items():
        answer = world.api().get(path)
        assert msgspec.json.encode(msgspec.json.decode(answer.body, type=shape)) == answer.body, path


def test_validate(world, watch):
    """Validating says what the hub reads, step by step, and records nothing."""
    answer = world.api().submit(world.signed(recipients=["000.00.02.H99"]), "/v1/packages/validate")
    report = msgspec.json.decode(answer.body, type=views.Report)
    assert report.recipients == (views.Recipient("H99.02", B),)
    assert report.steps[-1].result == "passed"
    watch.nothing_stored()


def test_validate_refuses_without_record(world, watch):
    """Validating a bad package gives its problem, but no refusal is recorded."""
    answer = world.api().submit(world.letter(), "/v1/packages/validate")
    watch.refused(answer, 422, "signature-missing", is_recorded=False)


def test_handover(world):
    """Collect, take the content, acknowledge: the sender sees the handover; a repeat gets the same receipt."""
    package = world.accepted()
    delivery_id = world.collected(package)
    content = world.api(B).get(f"/v1/deliveries/{delivery_id}/content")
    digest = hashlib.sha256(content.body)
    assert digest.hexdigest() == package["sha256"]
    assert content.headers["Repr-Digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
    first = world.api(B).post(f"/v1/deliveries/{delivery_id}/ack")
    assert first.status == 200, first.body
    assert world.api(B).post(f"/v1/deliveries/{delivery_id}/ack").json["receipt"] == first.json["receipt"]
    (seen,) = world.api(A).get(f"/v1/packages/{package['id']}").json["deliveries"]
    assert (seen["state"], seen["handed_over_at"]) == ("handed_over", first.json["delivery"]["handed_over_at"])


def test_rejection(world):
    """A rejection ends the delivery with its reason; an acknowledgement after it is refused."""
    delivery_id = world.collected(world.accepted())
    body = {"reason_code": "no-space", "reason": "Hết dung lượng."}
    rejected = world.api(B).post(f"/v1/deliveries/{delivery_id}/reject", body)
    assert rejected.json["delivery"]["state"] == "refused"
    late = world.api(B).post(f"/v1/deliveries/{delivery_id}/ack")
    assert (late.status, late.code) == (409, "delivery-ended")
    gone = world.api(B).get(f"/v1/deliveries/{delivery_id}/content")
    assert (gone.status, gone.code) == (409, "delivery-ended")


def test_recall(world):
    """A recall withdraws what was not handed over."""
    package = world.accepted()
    answer = world.api().post(f"/v1/packages/{package['id']}/recall", {"reason": "Gửi nhầm."})
    outcome = msgspec.json.decode(answer.body, type=views.Recall).items[0]
    assert (answer.status, outcome.outcome, outcome.recipient) == (200, "withdrawn", "H99.02")


def test_recall_of_what_was_taken(world):
    """A recall of what was handed over asks the recipient by a status 13."""
    package = world.accepted()
    delivery_id = world.collected(package)
    assert world.api(B).post(f"/v1/deliveries/{delivery_id}/ack").status == 200
    answer = world.api().post(f"/v1/packages/{package['id']}/recall", {"reason": "Gửi nhầm."})
    assert answer.json["items"][0]["outcome"] == "asked", answer.body


def test_etag(world):
    """Who has the content already gets 304."""
    package = world.accepted()
    path = f"/v1/packages/{package['id']}/content"
    tag = world.api().get(path).headers["ETag"]
    again = world.api().get(path, If_None_Match=tag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)


def test_any_etag(world):
    """`If-None-Match: *` is met by content that is there (RFC 9110 section 13.1.2)."""
    path = f"/v1/packages/{world.accepted()['id']}/content"
    assert world.api().get(path, If_None_Match="*").status == 304


def test_large_content_streams(world):
    """Content from a file comes whole, and HEAD tells its length."""
    package = world.signed(files=[NewFile("a.pdf", b"%PDF-1.7" + bytes(3_000_000))])
    made = world.api().submit(package).json
    path = f"/v1/packages/{made['id']}/content"
    assert world.api().get(path).body == package
    asked = world.api().request("HEAD", path)
    assert (asked.headers["Content-Length"], asked.body) == (str(len(package)), b"")


def test_receipt_as_jose_and_json(world):
    """A receipt comes as the JWS itself or decoded, and both say the same."""
    package = world.accepted()
    item = world.api().get(f"/v1/packages/{package['id']}/receipts").json["items"][0]
    jose = world.api().get(f"/v1/receipts/{item['id']}", Accept="application/jose")
    decoded = msgspec.json.decode(world.api().get(f"/v1/receipts/{item['id']}").body, type=views.Receipt)
    assert jose.headers["Content-Type"] == "application/jose"
    assert jose.body.decode() == decoded.jws == package["receipt"]
    assert (decoded.event, decoded.package.sha256) == ("SubmissionAcceptance", package["sha256"])


@pytest.mark.parametrize(
    "accept, media_type",
    [
        ("application/jose, application/json", "application/jose"),
        ("APPLICATION/JOSE, */*;q=0.1", "application/jose"),
        ("application/json, application/jose;q=0.5", "application/json"),
        ("application/json, application/jose;q=0", "application/json"),
        ("application/jose+json", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_receipt_in_the_preferred_form(world, accept, media_type):
    """A receipt comes in the form that `Accept` gives more weight to; another name that begins alike is not meant."""
    world.accepted()
    receipt = world.api().get("/v1/receipts?limit=1").json["items"][0]
    assert world.api().get(f"/v1/receipts/{receipt['id']}", Accept=accept).headers["Content-Type"] == media_type


@pytest.mark.parametrize("path", ["events", "receipts"])
def test_story_in_pages(world, path):
    """Events and receipts of a package come in pages like every list: in commit order, each of them once."""
    package = world.accepted(recipients=["H99.02", "H99.05", "H99.06"])
    for caller in (B, "H99.05", "H99.06"):
        world.collected(package, caller)
    story = f"/v1/packages/{package['id']}/{path}"
    whole = world.api().get(story).json["items"]
    assert len(whole) >= 4
    assert walked(world.api(), f"{story}?limit=3") == whole
    assert len(world.api().get(f"{story}?limit=3").json["items"]) == 3


def test_cursor_of_another_story(world):
    """A cursor that this package's story did not make is refused."""
    package = world.accepted()
    answer = world.api().get(f"/v1/packages/{package['id']}/events?cursor={uuid7()}")
    assert (answer.status, answer.code) == (400, "cursor-invalid")


def test_receipts_verify(world):
    """Receipts of acceptances and of refusals verify against the hub's trust anchor."""
    anchors = TrustAnchors(load_certificates((world.hub.folder / "pki" / "root.cert.pem").read_bytes()))
    accepted = world.accepted()
    refused = world.api().submit(world.letter())
    for jws in (accepted["receipt"], refused.problem.receipt):
        open_receipt(jws, anchors=anchors)


@pytest.mark.parametrize("caller", [A, "auditor"])
def test_receipts_by_old_code(world, caller):
    """The receipts of an agency are found by its old code as by its current one."""
    package = world.accepted()
    just_after = datetime.fromisoformat(package["accepted_at"]).astimezone(UTC) + timedelta(microseconds=1)
    until = quote(just_after.isoformat())  # what its deliveries leave may come between the two questions
    for query in (f"limit=5&package={package['id']}", "limit=5"):
        by_current, by_old = (
            world.api(caller).get(f"/v1/receipts?agency={code}&to={until}&{query}").json["items"]
            for code in ("H99.01", "000.00.01.H99")
        )
        assert package["id"] in {each["package_id"] for each in by_old}
        assert by_old == by_current


def test_refusals_are_searchable(world):
    """A refusal is found by code and by the digest of what was sent."""
    package = world.letter()
    problem = world.api().submit(package).problem
    found = walked(world.api(), f"/v1/refusals?code=signature-missing&sha256={hashlib.sha256(package).hexdigest()}")
    assert [each["id"] for each in found] == [problem.refusal_id]
    assert world.api(B).get(f"/v1/refusals?sha256={hashlib.sha256(package).hexdigest()}").json["items"] == []


def test_paging(world):
    """Walking a list page by page gives everything once, newest first."""
    made = [world.accepted()["id"] for _ in range(5)]
    walked_ids = [each["id"] for each in walked(world.api(), "/v1/packages?limit=2")]
    assert walked_ids[:5] == made[::-1]
    assert len(set(walked_ids)) == len(walked_ids)
    receipts = [each["id"] for each in walked(world.api(), "/v1/receipts?limit=7")]
    assert len(set(receipts)) == len(receipts)


@pytest.mark.parametrize("path", ["/v1/packages", "/v1/receipts", "/v1/refusals", "/v1/agencies"])
def test_bad_cursor(world, watch, path):
    """A cursor that no list made is refused."""
    for cursor in ("zz", "____", "1.2.3.x", "-1"):
        answer = world.api().get(f"{path}?cursor={cursor}")
        if answer.status != 200:
            watch.refused(answer, 400, "cursor-invalid", "query-invalid", is_recorded=False)


def test_filters(world):
    """Packages are found by document id, by notation, and by time."""
    package = world.accepted()
    at = datetime.fromisoformat(package["accepted_at"])
    before, after = ((at + timedelta(seconds=each)).astimezone(UTC).isoformat() for each in (-1, 1))
    for query in (
        f"document_id={quote(package['document_id'])}",
        f"notation={quote(package['notation'])}",
        f"from={quote(before)}&to={quote(after)}&document_id={quote(package['document_id'])}",
        f"since={before}&document_id={quote(package['document_id'])}",
    ):
        assert [each["id"] for each in world.api().get(f"/v1/packages?{query}").json["items"]] == [package["id"]], query
    assert world.api().get(f"/v1/packages?to={quote(before)}&document_id={package['document_id']}").json["items"] == []


def test_auditor_sees_all(world):
    """An auditor reads every agency's package and receipts, but cannot act."""
    package = world.accepted()
    assert world.api("auditor").get(f"/v1/packages/{package['id']}").json["id"] == package["id"]
    assert world.api("auditor").get(f"/v1/receipts?package={package['id']}").json["items"]
    assert world.api("auditor").post(f"/v1/packages/{package['id']}/recall", {"reason": "x"}).status == 403


def test_feed_resumes(world):
    """The feed goes on behind any cursor, in commit order, skipping nothing."""
    package = world.accepted()
    world.collected(package)
    whole = walked_feed(world.api(), 0)
    assert [each["cursor"] for each in whole] == sorted(each["cursor"] for each in whole)
    middle = len(whole) // 2
    rest = walked_feed(world.api(), whole[middle]["cursor"])
    assert rest[: len(whole) - middle - 1] == whole[middle + 1 :]  # behind it comes what has happened since
    assert [each["event"] for each in whole if each["package_id"] == package["id"]] == [
        "SubmissionAcceptance",
        "ContentConsignment",
    ]


def walked_feed(api, after):
    items = []
    while page := api.get(f"/v1/feed?after={after}&limit=200").json["items"]:
        items += page
        after = page[-1]["cursor"]
    return items


def test_inbox_leases(world):
    """What one call collected is not offered to the next before its lease ends."""
    package = world.accepted(recipients=["H99.06"])
    api = world.api("H99.06")
    offered = []
    for _ in range(20):
        offered += [each["package_id"] for each in api.get("/v1/inbox?wait=1&lease=600").json["items"]]
        if package["id"] in offered:
            break
    assert offered.count(package["id"]) == 1
    assert package["id"] not in api.get("/v1/inbox").body.decode()


def test_urgent_first(world):
    """Urgent deliveries come before normal ones that are older."""
    normal = world.accepted(recipients=["H99.07"])
    urgent = world.accepted(recipients=["H99.07"], urgency=3)
    for package in (normal, urgent):
        eventually(lambda package=package: state_of(world, package) == "consigned")
    order = [each["package_id"] for each in world.api("H99.07").get("/v1/inbox?limit=200&lease=1").json["items"]]
    assert order.index(urgent["id"]) < order.index(normal["id"])


@pytest.mark.parametrize("q", ["sở mẫu", "so mau", "SO MAU", "H99.01", "000.00.01.H99"])
def test_directory_search(world, q):
    """Agencies are found with and without marks, by old and new codes."""
    found = world.api().get(f"/v1/agencies?q={quote(q)}").json["items"]
    assert "H99.01" in {each["code"] for each in found}


def test_old_code(world):
    """An old code leads to the agency of today."""
    assert world.api().get("/v1/agencies/000.00.01.H99").json["code"] == "H99.01"


def test_agencies_page(world):
    """Paging through the directory gives every agency once, by code."""
    codes = [each["code"] for each in walked(world.api(), "/v1/agencies?limit=3")]
    assert codes == sorted(set(codes))
    assert "H99.07" in codes


def test_unknown_agency(world, watch):
    """An unknown code is not found."""
    watch.refused(world.api().get("/v1/agencies/H99.77"), 404, "not-found", is_recorded=False)


def test_trace_is_taken_up(world):
    """The caller's trace id comes back in header and problem."""
    trace = uuid7().replace("-", "")
    answer = world.api().get(f"/v1/packages/{uuid7()}", traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    assert answer.problem.trace_id == trace


def test_headers_say_little(world):
    """Answers name no versions, forbid guessing of types, and are not kept by caches."""
    headers = world.api().get("/v1/agencies").headers
    assert (headers["Server"], headers["X-Content-Type-Options"], headers["Cache-Control"]) == (
        "axis-hub",
        "nosniff",
        "no-store",
    )
