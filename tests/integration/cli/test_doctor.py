"""Each trouble that the doctor knows, made real."""

import asyncio
import shutil
import socket
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from adapters.cli.configured import open_store
from hub.changes import Changes
from hub.events import Event
from hub.record import EventRecord
from signing.keys import fingerprint, load_certificates, load_private_key, pem_of_certificates, pem_of_key
from signing.lab import Authority, LabPki, Validity
from signing.lab_revocation import crl

NOW = datetime.now(UTC)


@pytest.fixture
def doctor(folder, axis, unused_port, monkeypatch):
    """Examine the folder; return the exit code and the findings by name (the worst of each name)."""
    monkeypatch.setenv("AXIS_LISTEN__PORT", str(unused_port))

    def examine():
        code, findings, _ = axis("doctor", "--config", folder / "axis.toml", "--json")
        worst = {}
        for each in sorted(findings, key=lambda each: ["pass", "warn", "fail"].index(each["level"])):
            worst[each["name"]] = each
        assert all(each["fix"] for each in findings if each["level"] != "pass")
        return code, worst

    return examine


@pytest.fixture
def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def lab(folder):
    def authority(name):
        key = load_private_key((folder / f"pki/{name}.key.pem").read_bytes())
        return Authority(key, load_certificates((folder / f"pki/{name}.cert.pem").read_bytes())[0])

    return LabPki(authority("root"), authority("sub"), Validity.around(NOW))


def give_hub(folder, validity):
    identity = lab(folder).hub("H99", validity=validity)
    (folder / "pki/hub.key.pem").write_bytes(pem_of_key(identity.key))
    (folder / "pki/hub.cert.pem").write_bytes(pem_of_certificates(identity.certificate))


def test_well(doctor):
    """A new hub fails nowhere; that it does not run is only worth a word."""
    code, findings = doctor()
    assert code == 0
    assert {name for name, each in findings.items() if each["level"] == "warn"} <= {"port", "libraries", "disk"}
    assert findings["port"]["level"] == "warn"


def test_the_policy_of_signatures(doctor, monkeypatch):
    """The algorithms and windows in force are shown with their date; a list that was made longer fails."""
    for name, value in {
        "SIGNATURES__SINCE": "2027-05-01",
        "SIGNATURES__METHODS": '["ecdsa-sha384"]',
        "SIGNATURES__DIGESTS": '["sha512"]',
        "SIGNATURES__CURVES": '["secp384r1"]',
        "SIGNATURES__MIN_RSA_BITS": "3072",
        "INTAKE__MAX_AGE_DAYS": "17",
    }.items():
        monkeypatch.setenv(f"AXIS_{name}", value)
    shown = doctor()[1]["signature policy"]
    assert shown["level"] == "pass"
    for word in ("2027-05-01", "ecdsa-sha384", "sha512", "secp384r1", "3072", "17"):
        assert word in shown["detail"]
    assert "rsa-sha256" not in shown["detail"]
    monkeypatch.setenv("AXIS_SIGNATURES__DIGESTS", '["sha512", "sha1"]')
    assert doctor()[1]["signature policy"]["level"] == "fail"


def test_missing_key(doctor, folder):
    """A missing key is named."""
    (folder / "pki/hub.key.pem").unlink()
    code, findings = doctor()
    assert code == 1
    assert "hub.key.pem" in findings["keys"]["detail"]


def test_exposed_key(doctor, folder):
    """A key that others can read fails, with the command that closes it."""
    (folder / "pki/hub.key.pem").chmod(0o644)
    assert "chmod 600" in doctor()[1]["keys"]["fix"]


def test_key_of_another_certificate(doctor, folder):
    """A key that the certificate was not issued for fails."""
    shutil.copy(folder / "pki/H99.01.key.pem", folder / "pki/hub.key.pem")
    assert doctor()[1]["keys"]["level"] == "fail"


def test_expired_certificate(doctor, folder):
    """An expired certificate fails, and the chain is still judged by itself."""
    give_hub(folder, Validity.ended_before(NOW))
    code, findings = doctor()
    assert code == 1
    assert "expired" in findings["hub certificate"]["detail"]


def test_certificate_ends_soon(doctor, folder):
    """A certificate that ends within a month warns."""
    give_hub(folder, Validity(NOW - timedelta(days=300), NOW + timedelta(days=10)))
    code, findings = doctor()
    assert (code, findings["hub certificate"]["level"]) == (0, "warn")


def test_certificate_not_yet_valid(doctor, folder):
    """A certificate from the future means a wrong clock."""
    give_hub(folder, Validity.beginning_after(NOW))
    finding = doctor()[1]["hub certificate"]
    assert finding["level"] == "fail"
    assert "clock" in finding["fix"]


def test_other_anchor(doctor, folder):
    """A certificate that leads to no configured anchor fails."""
    other = LabPki.create(NOW).root
    (folder / "pki/root.cert.pem").write_bytes(pem_of_certificates(other.certificate))
    assert doctor()[1]["chain"]["level"] == "fail"


def change(folder, old, new):
    path = folder / "axis.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_revocation_is_off(doctor, folder):
    """A hub that would not recognise a revoked certificate is warned."""
    change(folder, 'mode = "require"', 'mode = "off"')
    code, findings = doctor()
    assert (code, findings["revocation"]["level"]) == (0, "warn")


def test_no_source_of_revocation(doctor, folder):
    """Evidence required and nobody named to give it fails."""
    change(folder, 'crl = ["pki/root.crl.pem", "pki/sub.crl.pem"]', "crl = []")
    code, findings = doctor()
    assert (code, findings["revocation"]["level"]) == (1, "fail")


def test_missing_crl(doctor, folder):
    """A list that is not there fails by its name."""
    (folder / "pki/sub.crl.pem").unlink()
    code, findings = doctor()
    assert code == 1
    assert "pki/sub.crl.pem" in findings["revocation"]["detail"]


@pytest.mark.parametrize("grace, level", [(48, "warn"), (1, "fail")])
def test_crl_that_was_not_renewed(doctor, folder, grace, level):
    """A list past its nextUpdate warns within the grace time and fails beyond it."""
    stale = crl(lab(folder).subordinate, NOW - timedelta(days=2), lifetime=timedelta(days=1))
    (folder / "pki/sub.crl.pem").write_bytes(stale)
    change(folder, "grace_hours = 24.0", f"grace_hours = {grace}")
    assert doctor()[1]["revocation"]["level"] == level


def test_certificate_of_an_agency_ends_soon(doctor, folder, axis):
    """An agency that is about to lose its last certificate is counted; one that has a newer one is not."""
    seal = lab(folder).agency("H99.01", "Sở Mẫu", validity=Validity(NOW - timedelta(days=300), NOW + timedelta(days=5)))
    file = folder / "soon.pem"
    file.write_bytes(pem_of_certificates(seal.certificate))
    axis("agency", "certify", "H99.01", file, "--config", folder / "axis.toml")
    assert doctor()[1]["agency certificates"]["level"] == "pass"
    asyncio.run(suspend_others(folder, fingerprint(seal.certificate)))
    finding = doctor()[1]["agency certificates"]
    assert (finding["level"], "≤ 7 d: 1" in finding["detail"]) == ("warn", True)


async def suspend_others(folder, kept):
    async with open_store(folder / "axis.toml") as storage:
        for each in (await storage.registers.load_register()).certificates:
            if each.agency_code == "H99.01" and each.sha256 != kept:
                await storage.registers.suspend_certificate(each.sha256)


def test_wrong_clock(doctor, folder):
    """An event recorded in the future means that the clock is or was wrong."""

    async def record():
        event = EventRecord(
            id="01a1ef00-0000-7000-8000-000000000000",
            event=Event.SUBMISSION_REJECTION,
            at=NOW + timedelta(hours=3),
            package_id=None,
            document_id=None,
            sender="H99.01",
            sender_system="sys-h99-01",
            jws="a.b.c",
        )
        async with open_store(folder / "axis.toml") as storage:
            await storage.store.record(Changes(events=(event,)))

    asyncio.run(record())
    code, findings = doctor()
    assert (code, findings["clock"]["level"]) == (1, "fail")


def test_no_database(doctor, folder):
    """A missing database fails and is not made by looking."""
    (folder / "data/axis.db").unlink()
    assert doctor()[1]["database"]["level"] == "fail"
    assert not (folder / "data/axis.db").exists()


def test_old_database(doctor, folder):
    """A database of another version fails with the command that brings it up."""
    connection = sqlite3.connect(folder / "data/axis.db")
    connection.execute("DELETE FROM alembic_version")
    connection.commit()
    connection.close()
    assert "axis migrate" in doctor()[1]["database"]["fix"]


def test_broken_database(doctor, folder):
    """A file that is no database fails."""
    for path in (folder / "data").glob("axis.db*"):
        path.unlink()
    (folder / "data/axis.db").write_bytes(b"no database " * 1000)
    assert doctor()[1]["database"]["level"] == "fail"


def test_taken_port(doctor, unused_port):
    """A port that something else answers on fails."""
    with socket.create_server(("127.0.0.1", unused_port)):
        assert doctor()[1]["port"]["level"] == "fail"


def test_serving_on_a_taken_port(folder, axis, unused_port):
    """Serving on a taken port ends with 2 and says how to choose another one."""
    with socket.create_server(("127.0.0.1", unused_port)):
        code, _, message = axis("serve", "--config", folder / "axis.toml", "--port", unused_port)
    assert code == 2
    assert "--port" in message


def test_address_of_another_machine(doctor, monkeypatch):
    """An address that is not this machine's fails."""
    monkeypatch.setenv("AXIS_LISTEN__HOST", "192.0.2.1")
    assert doctor()[1]["port"]["level"] == "fail"


def test_broken_configuration(doctor, folder):
    """A mistake in the configuration is named, and nothing else is guessed."""
    (folder / "axis.toml").write_text("[listen]\nprot = 1\n")
    code, findings = doctor()
    assert (code, findings["configuration"]["level"]) == (1, "fail")
    assert "keys" not in findings


def test_folder_in_the_way(doctor, folder):
    """A folder that cannot be written to fails."""
    shutil.rmtree(folder / "data/content", ignore_errors=True)
    (folder / "data/content").write_text("in the way")
    assert doctor()[1]["folder"]["level"] == "fail"


def test_running(hub, axis, monkeypatch):
    """A running hub passes everywhere but what it warns of, and says that it is ready."""
    monkeypatch.setenv("AXIS_LISTEN__PORT", str(hub.port))
    code, findings, _ = axis("doctor", "--config", hub.config, "--json")
    assert code == 0
    assert {"port", "ready"} <= {each["name"] for each in findings if each["level"] == "pass"}
