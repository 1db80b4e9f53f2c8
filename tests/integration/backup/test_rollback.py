"""Row 60: a database that is older than what this machine knows of is not worked on before somebody accepts the loss."""

import json
import time

from adapters.client import open_client
from signing.certificates import TrustAnchors
from signing.keys import load_certificates
from signing.receipt import open_receipt
from tests.integration.backup.conftest import document, hand_in, run, take
from tests.integration.postgresql.hub import LIMIT, RECIPIENT, SENDER
from tests.support.hub import axis


def mark(place):
    path = place.hub.folder / "newest-event.json"
    return json.loads(path.read_text("utf-8"))["seq"] if path.exists() else 0


def wait_for_mark(place):
    """Wait until the mark stands still: everything that was committed is known outside the database."""
    deadline, before = time.monotonic() + LIMIT, -1
    while mark(place) != before or not before:
        assert time.monotonic() < deadline
        before = mark(place)
        time.sleep(6)


async def lose(place, tmp_path):
    """Back up, exchange more, then restore over it; return the packages that the backup does not know, and their bytes."""
    await hand_in(place, document(1))
    await take(place, 1)
    run("backup", tmp_path / "backup", "--config", place.hub.config)
    data = document(2, 100_000)
    (lost,) = await hand_in(place, data)
    wait_for_mark(place)
    assert place.hub.stop() == 0
    for path in (place.hub.folder / "data").glob("axis.db*"):
        path.unlink()
    return lost, data


def receipt_of(place, package):
    anchors = TrustAnchors(load_certificates((place.hub.folder / "pki" / "root.cert.pem").read_bytes()))
    return open_receipt(package.receipt, anchors=anchors).receipt


async def test_row_60_old_backup(place, tmp_path):
    """Row 60: an older copy is not started on; with the loss accepted what is sent again gets a receipt of the new epoch."""
    lost, data = await lose(place, tmp_path)
    known = mark(place)
    shown = json.loads(run("restore", tmp_path / "backup", "--config", place.hub.config, "--json").stdout)
    assert shown["starts"] is False
    refused = axis("serve", "--config", str(place.hub.config), "--port", str(place.hub.port), check=False)
    assert refused.returncode == 2
    assert "log-rollback-detected" in refused.stderr
    assert str(known) in refused.stderr
    assert json.loads(run("restore", "--accept-loss", "--config", place.hub.config, "--json").stdout) == {"epoch": 3}
    run("restore", "--accept-loss", "--config", place.hub.config, code=1)
    place.hub.start().wait_for("/readyz")
    (again,) = await hand_in(place, data)
    assert again.id != lost.id
    assert (receipt_of(place, again).epoch, receipt_of(place, again).package.sha256) == (3, lost.sha256)
    assert await take(place, 1) == [again.id]
    async with open_client(place.hub.url, place.keys[SENDER]) as sender:
        new = await anext(sender.feed(after=known))
    assert int(new.cursor) > known + 1, "what happens after the loss has numbers above every cursor that was given out"


async def test_row_60_loss_accepted_with_the_restore(place, tmp_path):
    """Row 60: `axis restore DIR --accept-loss` is enough, and the receipts of before are the same."""
    await lose(place, tmp_path)
    run("restore", tmp_path / "backup", "--accept-loss", "--verify", "--config", place.hub.config)
    place.hub.start().wait_for("/readyz")
    wait_for_mark(place)
    assert place.hub.stop() == 0
    place.hub.start().wait_for("/readyz")


async def test_row_60_database_exchanged_under_a_running_hub(place, tmp_path):
    """Row 60: a hub whose mark moves on while its database went back says so, and knows nobody any more."""
    await hand_in(place, document(1))
    wait_for_mark(place)
    path = place.hub.folder / "newest-event.json"
    path.write_text(json.dumps({"seq": mark(place) + 50, "event_id": "01a200cd-0000-7000-8000-000000000001"}), "utf-8")
    await hand_in(place, document(2))
    place.hub.wait_for("/readyz", 503)
    deadline = time.monotonic() + LIMIT
    while (answer := place.hub.ask("/v1/inbox", place.keys[RECIPIENT]))[0] != 503:
        assert time.monotonic() < deadline
    assert answer[1]["type"] == "urn:axis:problem:log-rollback-detected"
