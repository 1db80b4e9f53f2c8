"""The restore drill: a backup of a running hub is brought back, on both engines, and is the same hub."""

import asyncio
import json

import pytest

from adapters.client import open_client
from adapters.storage.migrate import migrate
from tests.integration.backup.conftest import SQLITE, Place, document, empty_copy, hand_in, run, take
from tests.integration.postgresql.hub import SENDER, PatientHub, create


@pytest.mark.parametrize("source, target", [("sqlite", "postgresql"), ("postgresql", "sqlite")])
async def test_backup_of_one_engine_restores_into_the_other(source, target, url_of, tmp_path):
    """A running hub's backup restores into the other engine; all is checked, what waited is delivered, receipts are the same."""
    url = url_of(source)
    if source == "postgresql":
        migrate(url)
    hub, keys = await asyncio.to_thread(create, PatientHub, url, tmp_path / "hub")
    place = Place(hub, keys)
    restored = empty_copy(place, tmp_path / "restored", url_of(target))
    try:
        hub.start().wait_for("/readyz")
        done = await hand_in(place, document(1), document(2, 200_000))
        await take(place, 2)
        waiting = await hand_in(place, document(3, 300_000))
        manifest = json.loads(run("backup", tmp_path / "backup", "--config", hub.config, "--json").stdout)
        assert manifest["contents"]["files"] == 2
        assert hub.stop() == 0
        shown = run("restore", tmp_path / "backup", "--verify", "--config", restored.hub.config, "--json").stdout
        checked = json.loads(shown)["checked"]
        assert checked["faults"] == []
        assert checked["receipts"] >= 7
        restored.hub.start().wait_for("/readyz")
        assert await take(restored, 1) == [waiting[0].id]
        async with open_client(restored.hub.url, keys[SENDER]) as sender:
            assert [(await sender.package(each.id)).receipt for each in done] == [each.receipt for each in done]
        assert restored.hub.stop() == 0
    finally:
        hub.kill()
        restored.hub.kill()


async def test_damaged_backup(place, tmp_path):
    """One byte changed in a file of rows or a content, or a file missing: refused, and the database stays empty."""
    await hand_in(place, document(1, 200_000))
    run("backup", tmp_path / "backup", "--config", place.hub.config)
    restored = empty_copy(place, tmp_path / "restored", SQLITE)
    (content,) = (tmp_path / "backup" / "contents").glob("*/*")
    for path in (tmp_path / "backup" / "packages.rows.gz", content):
        good = path.read_bytes()
        for bad in (good[:100] + bytes([good[100] ^ 1]) + good[101:], None):
            path.unlink()
            if bad is not None:
                path.write_bytes(bad)
            done = run("restore", tmp_path / "backup", "--config", restored.hub.config, code=1)
            assert path.name.split(".")[0] in done.stderr or "content" in done.stderr
            path.write_bytes(good)
    run("restore", tmp_path / "backup", "--verify", "--config", restored.hub.config)


@pytest.mark.parametrize(
    "table, damage, told",
    [
        ("events", "exchanged receipts", "speaks of something else"),
        ("contents", "another content", "is damaged"),
        ("contents", "no content", "has no content"),
        ("events", "no newest event", "the newest event is"),
    ],
    ids=lambda value: value.replace(" ", "-"),
)
async def test_damage_after_the_restore_is_found(place, tmp_path, table, damage, told):
    """`--verify` names what was changed, also in a backup whose digests were made to fit."""
    await hand_in(place, document(1), document(2))  # two receipts at once, whatever is carried when
    run("backup", tmp_path / "backup", "--config", place.hub.config)
    _rewrite(tmp_path / "backup", table, _DAMAGES[damage])
    restored = empty_copy(place, tmp_path / "restored", SQLITE)
    done = run("restore", tmp_path / "backup", "--verify", "--config", restored.hub.config, code=1)
    assert told in done.stdout


def _exchange_receipts(columns, rows):
    """Give every event the receipt of another."""
    at = columns.index("jws")
    sealed = [row[at] for row in rows if row[at]]
    assert len(sealed) > 1
    return [[*row[:at], row[at] and sealed[sealed.index(row[at]) - 1], *row[at + 1 :]] for row in rows]


def _change_content(columns, rows):
    at = columns.index("data")
    return [[*row[:at], row[at][:-1] + b" ", *row[at + 1 :]] for row in rows]


def _without_newest(columns, rows):
    at = columns.index("seq")
    return sorted(rows, key=lambda row: row[at])[:-1]


_DAMAGES = {
    "exchanged receipts": _exchange_receipts,
    "another content": _change_content,
    "no content": lambda _columns, rows: rows[1:],
    "no newest event": _without_newest,
}


def _rewrite(folder, table, change):
    """Change the rows of a table in a backup, and make the manifest agree."""
    from adapters.storage.backup.rows import read_rows, write_rows

    path = folder / f"{table}.rows.gz"
    with read_rows(path) as (columns, rows):
        kept = [list(row) for row in rows]
    path.unlink()
    written = write_rows(path, columns, change(columns, kept))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    entry = next(each for each in manifest["tables"] if each["table"] == table)
    entry["written"] = {"sha256": written.sha256, "size": written.size, "rows": written.rows}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


async def test_nothing_is_overwritten(place, tmp_path):
    """A backup goes into an empty folder, a restore into an empty database, and only into the hub that it is of."""
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "x").touch()
    assert "empty" in run("backup", tmp_path / "backup", "--config", place.hub.config, code=1).stderr
    run("backup", tmp_path / "other", "--config", place.hub.config)
    assert "empty" in run("restore", tmp_path / "other", "--config", place.hub.config, code=1).stderr
    foreign = empty_copy(place, tmp_path / "foreign", SQLITE)
    text = foreign.hub.config.read_text("utf-8")
    foreign.hub.config.write_text(text.replace('code = "H99"', 'code = "H98"'), "utf-8")
    assert "H99" in run("restore", tmp_path / "other", "--config", foreign.hub.config, code=1).stderr
