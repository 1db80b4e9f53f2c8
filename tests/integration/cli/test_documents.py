"""A document from its composition to its recall, by the command line alone, on a running hub."""

import itertools
import json
import uuid

import pytest

_numbers = itertools.count(100)


@pytest.fixture
def at(hub):
    return ("--url", hub.url, "--credentials", hub.folder / "credentials.json")


@pytest.fixture
def key(hub):
    return ("--sign", hub.folder / "pki/H99.01.key.pem", hub.folder / "pki/H99.01.cert.pem")


@pytest.fixture
def sent(axis, at, key, tmp_path):
    """Compose and send a document to two recipients; return the package as the hub answered."""
    note = tmp_path / "Kế hoạch.txt"
    note.write_text("Kế hoạch " * 100)
    path = tmp_path / "out.edxml"
    code = f"{next(_numbers)}/CV"
    compose = ("compose", "--from", "H99.01", "--to", "H99.02", "H99.05", "--subject", "V/v kế hoạch", "--code", code)
    composed = axis(*compose, "--attach", note, "-o", path, "--json")
    assert composed[0] == 0
    status, results, _ = axis("send", path, *key, *at, "--json")
    assert status == 0
    assert results[0]["is_receipt_good"]
    return results[0]["package"]


def delivery_to(package, recipient):
    return next(each["id"] for each in package["deliveries"] if each["recipient"] == recipient)


def wait_for(axis, at, package, recipient):
    for _ in range(50):  # other tests' deliveries may come first; what was shown is leased for a second
        code, items, _ = axis("inbox", "--as", recipient, "--wait", "1", "--lease", "1", *at, "--json")
        assert code == 0
        if package["id"] in {each["package_id"] for each in items}:
            return
    raise AssertionError("the delivery did not come")


def test_sends_again(axis, at, tmp_path, hub):
    """A signed package sent again is a replay of the first answer, and so is one that is signed anew on the way."""
    path, signed = tmp_path / "out.edxml", tmp_path / "signed.edxml"
    compose = ("compose", "--from", "H99.01", "--to", "H99.02", "--subject", "V/v gửi lại", "--code", "77/GL")
    assert axis(*compose, "-o", path)[0] == 0
    key = ("--key", hub.folder / "pki/H99.01.key.pem", "--cert", hub.folder / "pki/H99.01.cert.pem")
    assert axis("sign", path, *key, "-o", signed)[0] == 0
    first, second = (axis("send", signed, *at, "--json")[1][0] for _ in range(2))
    assert (first["is_replay"], second["is_replay"]) == (False, True)
    assert first["package"]["receipt"] == second["package"]["receipt"]
    anew = axis("send", path, "--sign", key[1], key[3], *at, "--json")[1][0]
    assert anew["is_replay"]
    assert anew["package"]["receipt"] == first["package"]["receipt"]


def test_signing_overwrites_nothing(axis, hub, sent, tmp_path):
    """Neither an existing file nor a signed package is signed over."""
    signed = tmp_path / "signed.edxml"
    key = ("--key", hub.folder / "pki/H99.01.key.pem", "--cert", hub.folder / "pki/H99.01.cert.pem")
    assert axis("sign", tmp_path / "out.edxml", *key, "-o", signed)[0] == 0
    assert axis("sign", tmp_path / "out.edxml", *key, "-o", signed)[0] == 2
    code, _, message = axis("sign", signed, *key, "-o", tmp_path / "twice.edxml", "--lang", "vi")
    assert (code, "đã có chữ ký" in message) == (1, True), message


def test_whole_way(axis, at, sent, tmp_path, hub):
    """Inbox, fetch, verify, acknowledge, status, track: each step shows in the story of the document."""
    wait_for(axis, at, sent, "H99.02")
    delivery = delivery_to(sent, "H99.02")
    path = tmp_path / "in.edxml"
    assert axis("fetch", delivery, "-o", path, "--as", "H99.02", *at)[0] == 0
    assert axis("fetch", delivery, "-o", path, "--as", "H99.02", *at)[0] == 2
    assert axis("verify", path, "--trust", hub.folder / "pki/root.cert.pem")[0] == 0
    code, concluded, _ = axis("ack", delivery, "--as", "H99.02", *at, "--json")
    assert code == 0
    assert concluded[0]["delivery"]["state"] == "handed_over"
    (tmp_path / "receipt.jws").write_text(concluded[0]["receipt"])
    (tmp_path / "answer.json").write_text(json.dumps(concluded))
    for name in ("receipt.jws", "answer.json"):
        assert axis("verify", tmp_path / name, "--trust", hub.folder / "pki/root.cert.pem")[0] == 0
    assert axis("status", delivery, "03", "--note", "Đã vào sổ", "--as", "H99.02", *at)[0] == 0
    code, stories, _ = axis("track", sent["notation"], *at, "--json")
    states = {
        each["recipient"]: (each["state"], each["business_status"]) for each in stories[0]["package"]["deliveries"]
    }
    assert states["H99.02"] == ("handed_over", "03")
    events = [each["event"] for each in stories[0]["events"]]
    assert [each for each in events if each in {"SubmissionAcceptance", "ContentHandover", "BusinessStatus"}] == [
        "SubmissionAcceptance",
        "ContentHandover",
        "BusinessStatus",
    ]


def test_acknowledges_the_others(axis, at, sent):
    """One id that is refused keeps no other from being acknowledged; what was is printed, and the exit code says no."""
    wait_for(axis, at, sent, "H99.02")
    delivery, unknown = delivery_to(sent, "H99.02"), "01a200ce-9524-7cd2-83fa-b3d2fbfb5ecf"
    code, concluded, said = axis("ack", unknown, delivery, unknown, "--as", "H99.02", *at, "--json")
    assert (code, [each["delivery"]["id"] for each in concluded]) == (1, [delivery])
    assert said.count(unknown) == 2


@pytest.mark.parametrize("name", ["id", "document_id", "notation"])
def test_track(axis, at, sent, name):
    """A document is found by its package, its document id, and its number and notation."""
    code, shown, _ = axis("track", sent[name], *at)
    assert code == 0
    assert sent["id"] in shown
    assert "H99.05" in shown


def test_track_by_a_document_id_that_is_a_uuid(axis, at, key, tmp_path):
    """A document whose own id is a UUID, as the national SDK makes them, is found by it."""
    document_id, path = str(uuid.uuid4()), tmp_path / "out.edxml"
    compose = ("compose", "--from", "H99.01", "--to", "H99.02", "--subject", "V/v mã UUID", "--code", "78/UUID")
    made = axis(*compose, "-o", path, "--json")[1]
    path.write_text(path.read_text(encoding="utf-8").replace(made["document_id"], document_id), encoding="utf-8")
    package = axis("send", path, *key, *at, "--json")[1][0]["package"]
    assert package["document_id"] == document_id
    code, stories, _ = axis("track", document_id, *at, "--json")
    assert (code, [each["package"]["id"] for each in stories]) == (0, [package["id"]])


@pytest.mark.parametrize("name", ["document_id", "notation"])
def test_track_finds_the_document_behind_its_status(axis, at, hub, tmp_path, name):
    """The story of a document is found also when a system that is asked first has reported a status about it."""
    path, number = tmp_path / "out.edxml", next(_numbers)
    compose = ("compose", "--from", "H99.02", "--to", "H99.01", "--subject", "V/v ngược", "--code", f"{number}/NG")
    assert axis(*compose, "-o", path)[0] == 0
    key = ("--sign", hub.folder / "pki/H99.02.key.pem", hub.folder / "pki/H99.02.cert.pem")
    package = axis("send", path, *key, *at, "--json")[1][0]["package"]
    wait_for(axis, at, package, "H99.01")
    assert axis("ack", delivery_to(package, "H99.01"), "--as", "H99.01", *at)[0] == 0
    assert axis("status", delivery_to(package, "H99.01"), "03", "--as", "H99.01", *at)[0] == 0
    stories = axis("track", package[name], *at, "--json")[1]
    assert [each["package"]["id"] for each in stories] == [package["id"]]


@pytest.mark.parametrize(
    "option", [("--wait", "inf"), ("--wait", "-1"), ("--wait", "61"), ("--limit", "0"), ("--lease", "1e300")]
)
def test_inbox_out_of_range(axis, at, option):
    """What the inbox cannot be asked for is a fault of the command line."""
    code, shown, said = axis("inbox", "--as", "H99.02", *option, *at)
    assert (code, shown) == (2, "")
    assert option[0] in said


def test_send_nothing(axis, at):
    """Sending needs a file; a pattern that matched none is no success."""
    assert axis("send", *at)[0] == 2


def test_track_in_vietnamese(axis, at, sent):
    """The story can be told in Vietnamese; a recipient who has said nothing owes the notice of receipt."""
    wait_for(axis, at, sent, "H99.02")
    shown = axis("track", sent["id"], *at, "--lang", "vi")[1]
    assert "Lớp vận chuyển" in shown
    assert "01 đã đến trước" in shown


@pytest.mark.parametrize("name", ["01a200ce-9524-7cd2-83fa-b3d2fbfb5ecf", "999/KHÔNG-CÓ", "../etc/passwd"])
def test_track_nothing(axis, at, name):
    """What is not there ends with 1."""
    assert axis("track", name, *at)[0] == 1


def test_recall(axis, at, sent):
    """A recall says for each recipient what it did."""
    wait_for(axis, at, sent, "H99.02")
    assert axis("ack", delivery_to(sent, "H99.02"), "--as", "H99.02", *at)[0] == 0
    code, outcomes, _ = axis("recall", sent["id"], "--reason", "Sai số", "--as", "H99.01", *at, "--json")
    assert code == 0
    assert {each["recipient"]: each["outcome"] for each in outcomes} == {"H99.02": "asked", "H99.05": "withdrawn"}


def test_reject(axis, at, sent):
    """A rejection ends the delivery with its reason."""
    wait_for(axis, at, sent, "H99.05")
    delivery = delivery_to(sent, "H99.05")
    code, concluded, _ = axis("reject", delivery, "--reason", "Tệp hỏng", "--as", "H99.05", *at, "--json")
    assert (code, concluded["delivery"]["state"]) == (0, "refused")
    assert axis("ack", delivery, "--as", "H99.05", *at)[0] == 1


def test_refusal_in_the_callers_language(axis, at, tmp_path):
    """A refusal says in the asked language what to do; other files are sent all the same."""
    good, bad = tmp_path / "missing.edxml", tmp_path / "bad.edxml"
    bad.write_text("<x/>")
    code, results, message = axis("send", good, bad, "--as", "H99.01", "--lang", "vi", *at, "--json")
    assert code == 2
    assert len(results) == 2
    assert results[1]["problem"]["type"].startswith("urn:axis:problem:")
    assert "document-type-unknown" in message


def test_of_another_agency(axis, at, sent):
    """A delivery of another system is not there."""
    assert axis("ack", delivery_to(sent, "H99.05"), "--as", "H99.02", *at)[0] == 1


def test_inbox_for_people(axis, at, sent):
    """The inbox is a table for people."""
    code, shown, _ = axis("inbox", "--as", "H99.05", "--wait", "5", "--lease", "1", *at)
    assert code == 0
    assert "V/v kế hoạch" in shown


def test_output_is_json(axis, at, sent):
    """--json prints what the API answered."""
    stories = axis("track", sent["id"], *at, "--json")[1]
    assert json.loads(json.dumps(stories))[0]["package"]["id"] == sent["id"]
