import json
import stat

import pytest

from adapters.cli.main import main
from hub.configuration import load
from hub.settings import Settings
from signing.certificates import TrustAnchors
from signing.keyinfo import Embedded
from signing.keys import belongs, der_of, fingerprint, load_certificates, load_private_key


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written(founded):
    """A demo hub has its configuration, keys, data and credentials."""
    assert sorted(path.name for path in founded.iterdir()) == ["axis.toml", "credentials.json", "data", "pki"]
    settings, base_dir = load(founded / "axis.toml", {})
    assert (settings.hub, settings.storage) == (Settings().hub, Settings().storage)
    assert settings.trust.revocation.mode == "require"
    for crl in settings.trust.revocation.crl:
        assert (base_dir / crl).is_file()
    assert (base_dir / "data/axis.db").is_file()


def test_modes(founded):
    """Secrets can be read by their owner only."""
    assert mode(founded / "credentials.json") == 0o600
    assert mode(founded / "pki") == mode(founded / "data") == 0o700
    keys = list((founded / "pki").glob("*.key.pem"))
    assert len(keys) >= 11
    assert {mode(path) for path in keys} == {0o600}


def test_credentials(founded):
    """credentials.json has the shape of the contract; every file that it names is there."""
    credentials = json.loads((founded / "credentials.json").read_text("utf-8"))
    assert list(credentials) == ["base_url", "hub", "systems", "agencies", "users"]
    assert credentials["base_url"] == "http://127.0.0.1:8080"
    assert credentials["hub"] == {"code": "H99", "certificate": "pki/hub.cert.pem", "trust": "pki/root.cert.pem"}
    assert list(credentials["systems"][0]) == ["id", "binding", "api_key", "vxp_secret", "agencies"]
    assert list(credentials["agencies"][0]) == ["code", "name", "old_code", "key", "certificate", "system"]
    assert {"name", "password", "role"} == set(credentials["users"][0])
    assert [user["name"] for user in credentials["users"]] == ["operator", "auditor", "admin"]
    called = [system for system in credentials["systems"] if system["binding"] == "webhook"]
    assert len(called) == 1
    assert called[0]["url"].startswith("http://127.0.0.1:")
    assert called[0]["secret"].startswith("whsec_")
    for agency in credentials["agencies"]:
        key = load_private_key((founded / agency["key"]).read_bytes())
        assert belongs(key, load_certificates((founded / agency["certificate"]).read_bytes())[0])


def test_three_levels(founded):
    """Every certificate leads over the subordinate authority to the root."""
    pki = founded / "pki"
    root, sub, hub = (load_certificates((pki / f"{name}.cert.pem").read_bytes())[0] for name in ("root", "sub", "hub"))
    assert (root.issuer, sub.issuer, hub.issuer) == (root.subject, root.subject, sub.subject)
    anchors = TrustAnchors([root], intermediates=[sub])
    for path in pki.glob("H99*.cert.pem"):
        leaf = load_certificates(path.read_bytes())[0]
        loaded = anchors.load(Embedded(der_of(leaf), fingerprint(leaf)))
        assert len(anchors.check(loaded, (), at=leaf.not_valid_before_utc).chain) == 3


def test_secrets_are_not_in_the_database(founded):
    """Of API keys and passwords the database holds digests only."""
    credentials = json.loads((founded / "credentials.json").read_text("utf-8"))
    database = b"".join(path.read_bytes() for path in (founded / "data").glob("axis.db*"))
    secrets = [system["api_key"].rpartition("_")[2] for system in credentials["systems"]]
    secrets += [user["password"] for user in credentials["users"]]
    assert [secret for secret in secrets if secret.encode() in database] == []


def test_overwrites_nothing(folder, axis):
    """A folder with a hub in it is left as it is."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, _, message = axis("init", folder, "--demo")
    assert code == 2
    assert str(folder) in message
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_leaves_nothing_half(tmp_path, monkeypatch):
    """What cannot be finished is removed again."""

    def fail(_url):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("adapters.storage.migrate.migrate", fail)
    assert main(["init", str(tmp_path / "hub"), "--demo"]) == 2
    assert not (tmp_path / "hub").exists()


def test_keeps_what_was_there(tmp_path):
    """Files that are not a hub's do not stand in the way and stay."""
    (tmp_path / "lost+found").mkdir()
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "lost+found").is_dir()


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare") / "hub"
    assert main(["init", str(folder), "--hub-code", "G22.01", "--port", "9000"]) == 0
    return folder


def test_bare(bare):
    """A hub of one's own has a key, a certificate and a request for a better one, and no secrets of others."""
    assert sorted(path.name for path in (bare / "pki").iterdir()) == [
        "hub.cert.pem",
        "hub.csr.pem",
        "hub.key.pem",
        "root.cert.pem",
        "secrets.key",
        "sub.cert.pem",
    ]
    assert not (bare / "credentials.json").exists()
    settings, _ = load(bare / "axis.toml", {})
    assert (settings.hub.code, settings.listen.port, settings.hub.base_url) == ("G22.01", 9000, "http://127.0.0.1:9000")
    assert settings.delivery.webhook_allow == ()


def test_bare_is_well(bare, axis):
    """A new hub passes the doctor."""
    code, findings, _ = axis("doctor", "--config", bare / "axis.toml", "--json")
    assert [each for each in findings if each["level"] == "fail"] == []
    assert code == 0


def test_servers(axis, tmp_path, new_postgresql_url):
    """A hub can be founded on an empty PostgreSQL; its configuration, which holds passwords, is the owner's alone."""
    url = new_postgresql_url()
    code, _, message = axis("init", tmp_path / "hub", "--database-url", url, "--broker-url", "amqp://a:b@127.0.0.1/")
    assert code == 0, message
    configuration = tmp_path / "hub" / "axis.toml"
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    assert f'url = "{url}"' in configuration.read_text("utf-8")
    assert not list((tmp_path / "hub" / "data").glob("*.db"))


def test_database_in_use(axis, tmp_path, new_postgresql_url, migrated_template):
    """A database that holds something is not founded upon; the folder is left as it was."""
    code, _, message = axis("init", tmp_path / "hub", "--database-url", new_postgresql_url(migrated_template))
    assert code == 2
    assert "empty" in message
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize("url", ["nonsense", "oracle://x/y", "postgresql+psycopg://axis@127.0.0.1:1/axis"])
def test_database_that_cannot_be_used(axis, tmp_path, url):
    """An address that leads to no database ends with a sentence, never a traceback."""
    code, _, message = axis("init", tmp_path / "hub", "--database-url", url)
    assert code in {2, 3}
    assert message.strip()
    assert not (tmp_path / "hub").exists()
