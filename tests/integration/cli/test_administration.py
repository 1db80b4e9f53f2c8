"""Enrolling a system and its agency on a hub of one's own, and everything that may happen to them later."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.cli.configured import open_store
from adapters.cli.main import main
from hub import keys
from hub.lifecycle import State
from signing.keys import fingerprint, pem_of_certificates
from signing.lab import KeyKind, LabPki
from tests.contract.samples import submission

CSV = """code,name,parent,system,old_codes,valid_from,valid_to
H37,UBND tỉnh,,,000.00.00.H37,,
H37.01,Sở Một,H37,sys,000.00.01.H37 000.01.00.H37,2026-01-01,
H37.02,Sở Hai,H37,,,,2026-12-31
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "hub"
    assert main(["init", str(folder)]) == 0
    assert main(["system", "add", "sys", "--name", "Phần mềm", "--config", str(folder / "axis.toml")]) == 0
    return folder / "axis.toml"


def test_system(axis, config):
    """A system is added, shown, changed, suspended and resumed."""
    assert axis("system", "add", "s1", "--name", "Một", "--policy", "transport", "--config", config)[0] == 0
    assert axis("system", "change", "s1", "--name", "Hai", "--config", config)[0] == 0
    assert axis("system", "suspend", "s1", "--config", config)[0] == 0
    code, shown, _ = axis("system", "show", "s1", "--config", config, "--json")
    assert code == 0
    assert shown["system"] == {
        "id": "s1",
        "name": "Hai",
        "binding": "pull",
        "policy": "transport",
        "is_active": False,
        "webhook_url": None,
        "reaches": [],
    }
    assert axis("system", "resume", "s1", "--config", config)[0] == 0
    listed = {each["id"]: each for each in axis("system", "list", "--config", config, "--json")[1]}
    assert listed["s1"]["is_active"]


def test_a_new_parent_is_known(axis, config):
    """An agency's new parent stands in the directory; one that came from a file may stay, though nobody knows it."""
    assert axis("agency", "add", "H40", "--name", "Trên", "--config", config)[0] == 0
    assert axis("agency", "add", "H40.01", "--name", "Dưới", "--parent", "H40", "--config", config)[0] == 0
    code, _, told = axis("agency", "change", "H40.01", "--parent", "H41", "--config", config)
    assert (code, "H41" in told) == (1, True)


def test_no_new_password_without_a_broker(axis, config, monkeypatch):
    """Where a new password cannot be made nothing else is changed."""
    monkeypatch.setenv("AXIS_BROKER__URL", "amqp://guest:guest@127.0.0.1:9/")
    assert axis("system", "add", "q1", "--name", "Cũ", "--binding", "amqp", "--config", config)[0] == 0
    monkeypatch.delenv("AXIS_BROKER__URL")
    code, _, told = axis("system", "change", "q1", "--name", "Mới", "--new-secret", "--config", config)
    assert (code, "broker.url" in told) == (2, True)
    assert axis("system", "show", "q1", "--config", config, "--json")[1]["system"]["name"] == "Cũ"


def test_only_what_it_has(axis, config):
    """A system that is not called has no webhook address and no secret to change."""
    assert axis("system", "add", "s2", "--name", "Hai", "--config", config)[0] == 0
    for change in (("--new-secret",), ("--webhook-url", "https://example.vn/hook")):
        assert axis("system", "change", "s2", *change, "--config", config)[0] == 2


@pytest.mark.parametrize("command", ["list", "dead", "redrive", "rebuild"])
def test_queue_of_nobody(axis, config, command):
    """Asked about a system that is not there, no command about queues says that nothing waits."""
    code, _, message = axis("queue", command, "--system", "nobody", "--config", config)
    assert (code, "nobody" in message) == (1, True)


def test_backup_to_nowhere(axis, config):
    """A backup that cannot begin says which folder is wrong."""
    code, _, message = axis("backup", "/dev/null/backup", "--config", config)
    assert code == 2
    assert "/dev/null/backup" in message


def test_secret_for_programs(axis, config):
    """--json gives a new system's secret as data."""
    add = ("system", "add", "hook2", "--name", "x", "--binding", "webhook", "--webhook-url", "https://example.vn/hook")
    code, shown, _ = axis(*add, "--json", "--config", config)
    assert code == 0
    assert shown["id"] == "hook2"
    assert shown["webhook_secret"].startswith("whsec_")
    code, shown, _ = axis("system", "change", "hook2", "--new-secret", "--json", "--config", config)
    assert code == 0
    assert shown["webhook_secret"].startswith("whsec_")


def test_replaced_webhook_secret(axis, config):
    """Who replaces a webhook secret is told that calls are signed with the old one too: for a day, or as said, or not at all."""
    add = ("system", "add", "hook3", "--name", "x", "--binding", "webhook", "--webhook-url", "https://example.vn/hook")
    assert axis(*add, "--config", config)[0] == 0
    change = ("system", "change", "hook3", "--new-secret", "--config", config)
    assert "are also signed with the old secret" in axis(*change)[1]
    assert "are also signed with the old secret" in axis(*change, "--overlap", "1")[1]
    assert "are also signed with the old secret" not in axis(*change, "--overlap", "0")[1]


def test_webhook(axis, config):
    """A webhook's secret is shown once; inner addresses are refused before they are stored."""
    add = ("system", "add", "hook", "--name", "x", "--binding", "webhook", "--config", config)
    assert axis(*add)[0] == 2
    code, _, message = axis(*add, "--webhook-url", "http://169.254.169.254/")
    assert code == 1
    assert "webhook-target-forbidden" in message
    code, shown, _ = axis(*add, "--webhook-url", "https://example.vn/hook")
    assert code == 0
    assert "whsec_" in shown
    assert "whsec_" not in axis("system", "show", "hook", "--config", config)[1]


def test_key(axis, config):
    """A key is shown once and proves itself; listing shows no secret; a revoked key says when."""
    assert axis("system", "add", "keyed", "--name", "Có khóa", "--config", config)[0] == 0
    made = axis("key", "add", "--system", "keyed", "--days", "30", "--config", config, "--json")[1]
    key = keys.parse(made["api_key"])
    assert key.key_id == made["key_id"]
    _code, listed, _ = axis("key", "list", "--system", "keyed", "--config", config, "--json")
    assert [each["key_id"] for each in listed] == [made["key_id"]]
    assert "secret" not in str(listed)
    assert axis("key", "show", made["key_id"], "--config", config, "--json")[1] == listed[0]
    assert axis("key", "revoke", made["key_id"], "--config", config)[0] == 0
    assert axis("key", "list", "--system", "keyed", "--config", config, "--json")[1][0]["revoked_at"]


def test_rotated_key(axis, config):
    """A rotated key keeps working until the overlap has passed; an expired one cannot be rotated."""
    old = axis("key", "add", "--system", "sys", "--config", config, "--json")[1]["key_id"]
    code, made, _ = axis("key", "rotate", old, "--overlap", "1", "--config", config, "--json")
    assert code == 0
    assert axis("key", "show", made["key_id"], "--config", config, "--json")[1]["system_id"] == "sys"
    expires_at = datetime.fromisoformat(axis("key", "show", old, "--config", config, "--json")[1]["expires_at"])
    assert 3500 < (expires_at - datetime.now(UTC)).total_seconds() < 3700
    assert axis("key", "revoke", old, "--config", config)[0] == 0
    assert axis("key", "rotate", old, "--config", config)[0] == 1


@pytest.mark.parametrize(
    "of_the_old, given, expected", [((), (), 365), (("--days", "30"), (), 30), ((), ("--days", "7"), 7)]
)
def test_lifetime_of_a_rotated_key(axis, config, of_the_old, given, expected):
    """A new key ends: after the days that are given, as many as the old one had, or a year."""
    old = axis("key", "add", "--system", "sys", *of_the_old, "--config", config, "--json")[1]["key_id"]
    made = axis("key", "rotate", old, *given, "--config", config, "--json")[1]["key_id"]
    shown = axis("key", "show", made, "--config", config, "--json")[1]
    lifetime = datetime.fromisoformat(shown["expires_at"]) - datetime.fromisoformat(shown["created_at"])
    assert lifetime == timedelta(days=expected)


def test_client_certificate(axis, config, tmp_path):
    """A client certificate is bound to one system, listed with its validity, and taken away again."""
    seal = LabPki.create(datetime.now(UTC), kind=KeyKind.EC_P256).agency("sys", "Phần mềm")
    (tmp_path / "client.pem").write_bytes(pem_of_certificates(seal.certificate))
    add = ("system", "certificate", "add", "sys", tmp_path / "client.pem", "--config", config)
    assert axis(*add)[0] == 0
    assert axis(*add)[0] == 1
    (listed,) = axis("system", "certificate", "list", "--system", "sys", "--config", config, "--json")[1]
    assert (listed["sha256"], listed["last_used_at"]) == (fingerprint(seal.certificate), None)
    assert axis("system", "show", "sys", "--config", config, "--json")[1]["certificates"] == [listed["sha256"]]
    assert listed["sha256"] in axis("system", "certificate", "list", "--config", config)[1]
    assert axis("system", "certificate", "remove", listed["sha256"], "--config", config)[0] == 0
    assert axis("system", "certificate", "list", "--config", config, "--json")[1] == []


def test_limits_of_a_system(axis, config):
    """What a system is granted beside the usual limits is kept and shown; what is left out is as for everybody."""
    assert axis("system", "limit", "sys", "--burst", "7", "--config", config)[0] == 0
    limits = axis("system", "show", "sys", "--config", config, "--json")[1]["limits"]
    assert limits == {
        "requests_per_second": None,
        "burst": 7,
        "concurrent_submissions": None,
        "stored_bytes": None,
    }
    assert "burst" in axis("system", "show", "sys", "--config", config)[1]
    assert axis("system", "limit", "nobody", "--burst", "7", "--config", config)[0] == 1


@pytest.mark.parametrize(
    "option, given",
    [("--burst", 2**31), ("--stored-bytes", 2**63), ("--requests-per-second", "inf"), ("--concurrent-submissions", -1)],
)
def test_limits_beyond_every_database(axis, config, option, given):
    """A limit that no database can hold is a fault of the command line."""
    assert axis("system", "limit", "sys", option, given, "--config", config)[0] == 2


@pytest.mark.parametrize("owner", [(), ("--system", "sys", "--user", "x")])
def test_key_has_one_owner(axis, config, owner):
    """A key belongs to one system or one person."""
    assert axis("key", "add", *owner, "--config", config)[0] == 2


def test_import_and_search(axis, config, tmp_path):
    """A directory is imported whole, and found with and without marks."""
    path = tmp_path / "agencies.csv"
    path.write_text(CSV, "utf-8-sig")
    assert axis("agency", "import", path, "--config", config)[0] == 0
    found = axis("agency", "list", "-q", "so mot", "--config", config, "--json")[1]
    assert [(each["code"], each["old_codes"]) for each in found] == [("H37.01", ["000.00.01.H37", "000.01.00.H37"])]
    below = axis("agency", "list", "--parent", "H37", "--config", config, "--json")[1]
    assert [each["code"] for each in below] == ["H37.01", "H37.02"]


@pytest.mark.parametrize(
    "text",
    [
        "name\nx\n",
        "code,name,colour\nx,y,z\n",
        "code,name\nH37.09,\n",
        "code,name,valid_from\nH37.09,x,soon\n",
        "code,name\na,b,c\n",
        "code,name\nH37.09,x\nH37 10,y\n",
        "code,name\nH37.09,x\nH37.09,y\n",
        "code,name\nH37.09,x\x00\n",
    ],
)
def test_import_is_all_or_none(axis, config, tmp_path, text):
    """A line that cannot be read is named with its number, and nothing is imported."""
    path = tmp_path / "agencies.csv"
    path.write_text(text)
    code, _, message = axis("agency", "import", path, "--config", config)
    assert code == 2
    assert "agencies.csv" in message
    assert "H37.09" not in str(axis("agency", "list", "--config", config, "--json")[1])


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"name\nx\n", "phải có code và name"),
        (b"code,name\nH37.09,\n", "thiếu code hoặc name"),
        (b"code,name\na,b,c\n", "nhiều trường hơn cột"),
        (b"code,name,valid_from\nH37.09,x,soon\n", "“soon” không phải ngày"),
        ("code,name\nH37.09,Sở\n".encode("utf-16"), "không phải UTF-8"),
    ],
    ids=["columns", "empty", "fields", "date", "encoding"],
)
def test_import_in_vietnamese(axis, config, tmp_path, data, sentence):
    """Why a directory cannot be read is said in Vietnamese to whom it speaks Vietnamese, and what to mend."""
    path = tmp_path / "agencies.csv"
    path.write_bytes(data)
    code, _, message = axis("agency", "import", path, "--config", config, "--lang", "vi")
    assert (code, sentence in message) == (2, True), message


def test_import_for_nobody(axis, config, tmp_path):
    """A system that is not there is named, and nothing is imported."""
    path = tmp_path / "agencies.csv"
    path.write_text("code,name,system\nH37.09,x,sys\nH37.10,x,nobody\n")
    code, _, message = axis("agency", "import", path, "--config", config)
    assert (code, "systems: nobody" in message) == (1, True)
    assert "H37.09" not in str(axis("agency", "list", "--config", config, "--json")[1])


def test_import_of_some_columns(axis, config, tmp_path):
    """What a file has no column for stays as it is, a suspension too; an empty field empties what it names."""
    known = ("--name", "x", "--system", "sys", "--old-code", "000.00.77.H37", "--valid-to", "2999-12-31")
    assert axis("agency", "add", "H37.77", *known, "--config", config)[0] == 0
    assert axis("agency", "suspend", "H37.77", "--config", config)[0] == 0
    path = tmp_path / "agencies.csv"
    path.write_text("code,name,valid_to\nH37.77,y,\n")
    assert axis("agency", "import", path, "--config", config)[0] == 0
    shown = axis("agency", "show", "H37.77", "--config", config, "--json")[1]["agency"]
    assert (shown["name"], shown["valid_to"]) == ("y", None)
    assert (shown["system_id"], shown["old_codes"], shown["is_suspended"]) == ("sys", ["000.00.77.H37"], True)


def test_import_of_a_circle(axis, config, tmp_path):
    """No agency stands below itself."""
    path = tmp_path / "agencies.csv"
    path.write_text("code,name,parent\nH37.09,x,H37.10\nH37.10,y,H37.09\n")
    code, _, message = axis("agency", "import", path, "--config", config)
    assert (code, "H37.09" in message) == (1, True)
    assert "H37.09" not in str(axis("agency", "list", "--config", config, "--json")[1])


def test_value_in_another_encoding(axis, config):
    """What a terminal sends in another encoding than UTF-8 is a fault of the command line."""
    assert axis("agency", "add", "H37.11", "--name", "S\udce1", "--config", config)[0] == 2


def test_import_of_no_text(axis, config, tmp_path):
    """A file that is no UTF-8 is a fault of the command line, and named."""
    path = tmp_path / "agencies.csv"
    path.write_bytes("code,name\nH37.09,Sở\n".encode("utf-16"))
    code, _, message = axis("agency", "import", path, "--config", config)
    assert code == 2
    assert "agencies.csv" in message


def test_agency(axis, config, tmp_path):
    """An agency is added, changed, certified, suspended and resumed; its certificate is shown and can be revoked."""
    assert axis("agency", "add", "H38", "--name", "Sở Ba", "--system", "sys", "--config", config)[0] == 0
    assert axis("agency", "change", "H38", "--old-code", "000.00.00.H38", "--config", config)[0] == 0
    assert axis("agency", "suspend", "H38", "--config", config)[0] == 0
    lab = LabPki.create(datetime.now(UTC), kind=KeyKind.EC_P256)
    path = tmp_path / "seal.pem"
    path.write_bytes(pem_of_certificates(*lab.agency("H38", "Sở Ba").chain))
    assert axis("agency", "certify", "H38", path, "--config", config)[0] == 0
    shown = axis("agency", "show", "000.00.00.H38", "--config", config, "--json")[1]
    assert (shown["agency"]["name"], shown["agency"]["is_suspended"]) == ("Sở Ba", True)
    (certificate,) = shown["certificates"]
    assert axis("agency", "revoke", certificate["certificate"]["sha256"], "--config", config)[0] == 0
    assert axis("agency", "resume", "H38", "--config", config)[0] == 0
    assert "H38" in axis("agency", "show", "H38", "--config", config)[1]


def test_user(axis, config):
    """A person is added with a password of our making, which can be renewed; accounts can be suspended."""
    made = axis("user", "add", "lan", "--role", "auditor", "--config", config, "--json")[1]
    assert len(made["password"]) >= 16
    assert axis("user", "password", "lan", "--config", config)[0] == 0
    assert axis("user", "suspend", "lan", "--config", config)[0] == 0
    shown = axis("user", "show", "lan", "--config", config, "--json")[1]
    assert shown == {"name": "lan", "role": "auditor", "is_active": False}
    assert axis("user", "resume", "lan", "--config", config)[0] == 0
    assert "lan" in axis("user", "list", "--config", config)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("system", "show", "nobody"),
        ("system", "suspend", "nobody"),
        ("system", "change", "nobody", "--name", "x"),
        ("agency", "show", "H00"),
        ("agency", "suspend", "H00"),
        ("agency", "change", "H00", "--name", "x"),
        ("agency", "add", "H00", "--name", "x", "--system", "nobody"),
        ("agency", "add", "H00", "--name", "x", "--parent", "H98"),
        ("agency", "add", "H00", "--name", "x", "--parent", "H00"),
        ("agency", "revoke", "00"),
        ("key", "add", "--system", "nobody"),
        ("key", "revoke", "nothing"),
        ("key", "show", "nothing"),
        ("user", "show", "nobody"),
        ("user", "password", "nobody"),
        ("system", "add", "sys", "--name", "twice"),
    ],
)
def test_unknown(axis, config, arguments):
    """What is not there, or is there already, ends with 1 and its name."""
    code, _, message = axis(*arguments, "--config", config)
    assert code == 1
    assert message.strip()


def test_queue(axis, config):
    """On a quiet hub nothing waits, nothing is dead, and nothing is to be re-driven."""
    assert axis("queue", "list", "--config", config, "--json") == (0, [], "")
    assert axis("queue", "dead", "--config", config, "--json") == (0, [], "")
    assert axis("queue", "redrive", "--config", config, "--json")[1] == {"redriven": 0}
    assert axis("queue", "list", "--config", config)[0] == 0


def test_more_is_dead_than_is_listed(axis, tmp_path):
    """A list of the dead that is cut off says so, and how to see the rest."""
    config = tmp_path / "hub" / "axis.toml"
    assert axis("init", config.parent)[0] == 0
    asyncio.run(_give_up(config, 3))
    for most, shown, is_cut in (("2", 2, True), ("3", 3, False)):
        code, found, message = axis("queue", "dead", "--most", most, "--config", config, "--json")
        assert (code, len(found), "--most" in message) == (0, shown, is_cut)


async def _give_up(config, count):
    async with open_store(config) as storage:
        for _ in range(count):
            await storage.store.record(submission(systems=("a",), state=State.DEAD))


def test_migrate(axis, config):
    """Migrating a database that is up to date is harmless."""
    assert axis("migrate", "--config", config)[0] == 0
