"""Callers by the national SDK's protocol, from the command line: secrets, terms, requests."""

import sqlite3

import pytest

from adapters.cli.main import main


def founded(folder):
    """Found a hub with one caller by the national SDK's protocol; return its configuration."""
    assert main(["init", str(folder)]) == 0
    added = ["system", "add", "G22", "--name", "x", "--binding", "vxp", "--policy", "transport"]
    assert main([*added, "--config", str(folder / "axis.toml")]) == 0
    return folder / "axis.toml"


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return founded(tmp_path_factory.mktemp("vxp") / "hub")


def test_a_secret_is_shown_once_and_kept_sealed(axis, config):
    """Neither the list nor the database holds it; its expiry is shown when it is rotated."""
    code, made, _ = axis("key", "vxp", "add", "G22", "--json", "--config", config)
    assert code == 0
    _, listed, _ = axis("key", "vxp", "list", "--json", "--config", config)
    assert [each["id"] for each in listed] == [made["id"]]
    assert "sealed" not in listed[0]
    with sqlite3.connect(config.parent / "data" / "axis.db") as database:
        dump = "\n".join(database.iterdump())
    assert made["vxp_secret"] not in dump
    assert made["vxp_secret"].encode().hex() not in dump.lower()
    code, shown, _ = axis("key", "vxp", "rotate", "G22", "--overlap", "1", "--config", config)
    assert code == 0
    assert made["id"] in shown
    assert axis("key", "vxp", "revoke", made["id"], "--config", config)[0] == 0
    _, listed, _ = axis("key", "vxp", "list", "--system", "G22", "--json", "--config", config)
    assert {each["id"]: each["revoked_at"] is not None for each in listed}[made["id"]]


def test_a_hub_without_a_key_gets_one(axis, tmp_path):
    """A hub that was founded before secrets were sealed makes its key with the first secret."""
    config = founded(tmp_path / "hub")
    key = config.parent / "pki" / "secrets.key"
    key.unlink()
    assert axis("key", "vxp", "add", "G22", "--config", config)[0] == 0
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_lost_key_is_not_replaced(axis, tmp_path):
    """Where secrets are sealed already, a missing key is a fault that is told: a new one would open none of them."""
    config = founded(tmp_path / "hub")
    assert axis("key", "vxp", "add", "G22", "--config", config)[0] == 0
    key = config.parent / "pki" / "secrets.key"
    key.unlink()
    assert axis("key", "vxp", "add", "G22", "--config", config)[0] == 2
    assert not key.exists()


def test_unknown_systems(axis, config):
    """Nothing is made for a system that does not exist, or rotated where there is nothing."""
    assert axis("key", "vxp", "add", "nobody", "--config", config)[0] == 1
    assert axis("key", "vxp", "rotate", "nobody", "--config", config)[0] == 1
    assert axis("system", "vxp", "nobody", "--config", config)[0] == 1


def test_terms(axis, config):
    """What is given changes, the rest stays; a network that is none is refused."""
    run = ("system", "vxp", "G22", "--json", "--config", config)
    assert axis(*run)[1] == {"networks": [], "needs_certificate": False, "may_enrol": False}
    changed = axis(*run, "--from", "10.0.0.0/8", "--from", "192.0.2.1", "--enrol")[1]
    assert changed == {"networks": ["10.0.0.0/8", "192.0.2.1/32"], "needs_certificate": False, "may_enrol": True}
    assert axis(*run, "--certificate", "--anywhere")[1] == {
        "networks": [],
        "needs_certificate": True,
        "may_enrol": True,
    }
    assert axis(*run, "--no-enrol", "--no-certificate")[1]["may_enrol"] is False
    assert axis("system", "vxp", "G22", "--from", "10.0.0.1/8", "--config", config)[0] == 2


def test_requests(axis, config):
    """There is nothing to decide; a request that does not exist is not found."""
    assert axis("agency", "requests", "list", "--json", "--config", config)[1] == []
    for word in ("approve", "reject"):
        assert axis("agency", "requests", word, "r9", "--config", config)[0] == 1


def test_the_doctor_looks_at_the_key(axis, config):
    """The key of sealed secrets is judged like the hub's own: there, closed, and of the right form."""
    key = config.parent / "pki" / "secrets.key"
    kept = key.read_bytes()

    def finding():
        _, findings, _ = axis("doctor", "--json", "--config", config)
        return next(each for each in findings if each["name"] == "secrets key")

    assert finding()["level"] == "pass"
    try:
        key.write_bytes(b"short")
        assert finding()["level"] == "fail"
        key.unlink()
        assert finding()["level"] == "warn"
    finally:
        key.write_bytes(kept)
        key.chmod(0o644)
    assert "chmod 600" in finding()["fix"]
    key.chmod(0o600)
