"""Row 27 of the bad inputs and mutual TLS: whom a client certificate names, and from whom a header about one is believed."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct

from adapters.storage.opening import open_storage
from hub.accounts import SystemCertificate
from hub.compose import located
from hub.configuration import load
from signing.keys import der_of, facts, fingerprint, pem_of_certificates, pem_of_key
from signing.lab import Identity, KeyKind, LabPki, Validity
from signing.lab_revocation import crl
from signing.revocation import Revoked
from tests.integration.http.client import Answer
from tests.support.hub import HubProcess, axis, free_port

NOW = datetime.now(UTC)
A, B, SUSPENDED = "sys-h99-01", "sys-h99-02", "H99.06"
PROXY = "127.0.0.2"


class Callers(Struct, frozen=True):
    """A hub with all three listeners, and client certificates by name."""

    hub: HubProcess
    tls_port: int
    certificates: dict[str, Identity]

    def key(self, system: str) -> str:
        return next(each["api_key"] for each in self.hub.credentials["systems"] if each["id"] == system)

    def headers(self, key_of: str | None = None, certificate: str | None = None) -> dict[str, str]:
        sent = {"Authorization": f"Bearer {self.key(key_of)}"} if key_of else {}
        return sent | ({"Client-Cert": self.field(certificate)} if certificate else {})

    def field(self, name: str) -> str:
        return f":{b64encode(der_of(self.certificates[name].certificate)).decode()}:"

    def file(self, name: str) -> str:
        path = self.hub.folder / f"{name}.client.pem"
        identity = self.certificates[name]
        path.write_bytes(pem_of_key(identity.key) + pem_of_certificates(*identity.chain))
        return str(path)

    def over_tls(self, certificate: str | None = None, **headers: str) -> Answer:
        context = self.context()
        if certificate:
            context.load_cert_chain(self.file(certificate))
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls_port, timeout=10, context=context)
        return ask(connection, headers)

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(str(self.hub.folder / "tls" / "ca.pem"))
        context.check_hostname = False
        return context

    def over_tcp(self, source: str = "127.0.0.1", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=10, source_address=(source, 0))
        return ask(connection, headers)

    def over_unix(self, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("localhost", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.hub.folder / "axis.sock"))
        return ask(connection, headers)


def ask(connection: http.client.HTTPConnection, headers: dict[str, str]) -> Answer:
    """Ask for something that only systems may see."""
    try:
        connection.request("GET", "/v1/inbox", headers={n.replace("_", "-"): value for n, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def callers(tmp_path_factory) -> Iterator[Callers]:
    hub = HubProcess.create(tmp_path_factory.mktemp("callers") / "hub")
    pki = LabPki.create(NOW, kind=KeyKind.EC_P256)
    seal = pki.agency
    certificates = {
        "a": seal("a", A),
        "a2": seal("a2", A),
        "revoked": seal("r", A),
        "b": seal("b", B),
        "suspended": seal("s", SUSPENDED),
        "unbound": seal("u", "nobody"),
        "expired": seal("e", A, validity=Validity.ended_before(NOW)),
        "future": seal("f", A, validity=Validity.beginning_after(NOW)),
        "foreign": LabPki.create(NOW, kind=KeyKind.EC_P256).agency("x", A),
    }
    port = free_port()
    configure(hub, pki, port)
    entry = {certificates["revoked"].certificate.serial_number: Revoked(NOW - timedelta(hours=1), "keyCompromise")}
    (hub.folder / "tls" / "clients.crl").write_bytes(crl(pki.subordinate, NOW, entry))
    bound = {"a": A, "a2": A, "revoked": A, "b": B, "suspended": SUSPENDED, "expired": A, "future": A, "foreign": A}
    asyncio.run(bind(hub, {certificates[name]: system for name, system in bound.items()}))
    axis("system", "suspend", SUSPENDED, "--config", str(hub.config))
    hub.start()
    yield Callers(hub, port, certificates)
    hub.stop()


def configure(hub: HubProcess, pki: LabPki, port: int) -> None:
    folder = hub.folder / "tls"
    folder.mkdir()
    server = pki.subordinate.issue(pki.root.certificate.subject, pki.validity)
    (folder / "ca.pem").write_bytes(pem_of_certificates(pki.root.certificate))
    (folder / "sub.pem").write_bytes(pem_of_certificates(pki.subordinate.certificate))
    (folder / "server.pem").write_bytes(pem_of_certificates(*server.chain))
    (folder / "server.key").write_bytes(pem_of_key(server.key))
    text = hub.config.read_text(encoding="utf-8")
    for old, new in {
        'unix_socket = ""': 'unix_socket = "axis.sock"',
        "trusted_proxies = []": f'trusted_proxies = ["{PROXY}"]',
        'host = "0.0.0.0"\n# Its port.\nport = 8443': f'host = "127.0.0.1"\nport = {port}',
        'certificate = ""': 'certificate = "tls/server.pem"',
        'key = ""': 'key = "tls/server.key"',
        "client_ca = []": 'client_ca = ["tls/ca.pem"]',
        "intermediates = []": 'intermediates = ["tls/sub.pem"]',
        '"pki/sub.crl.pem"]': '"pki/sub.crl.pem", "tls/clients.crl"]',
    }.items():
        assert old in text
        text = text.replace(old, new)
    hub.config.write_text(text, encoding="utf-8")


async def bind(hub: HubProcess, bound: dict[Identity, str]) -> None:
    settings, base_dir = load(hub.config)
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        for identity, system in bound.items():
            known = facts(identity.certificate)
            await storage.registers.add_system_certificate(
                SystemCertificate(
                    sha256=known.sha256,
                    system_id=system,
                    subject=known.subject,
                    not_before=known.not_before,
                    not_after=known.not_after,
                    added_at=NOW,
                )
            )


def logged(callers: Callers, answer: Answer) -> dict[str, Any]:
    """Return the log line of an answered request; it is written a moment after the answer."""
    for _ in range(100):
        for each in callers.hub.log.read_text().splitlines():
            if answer.headers["Trace-Id"] in each:
                line: dict[str, Any] = json.loads(each)
                return line
        time.sleep(0.05)
    raise AssertionError("the request left no line")


def test_certificate_alone(callers):
    """Over TLS of the hub's own, a bound client certificate is credential enough, and so is its successor."""
    for name in ("a", "a2"):
        answer = callers.over_tls(name)
        assert answer.status == 200
        assert logged(callers, answer)["caller"] == A


def test_key_alone_over_tls(callers):
    """Client certificates are optional here: an API key over TLS is credential enough."""
    assert callers.over_tls(None, **callers.headers(A)).status == 200


def test_nothing_over_tls(callers):
    """TLS without a certificate and without a key is nobody."""
    assert callers.over_tls(None).code == "authentication-failed"


def test_both_agree(callers):
    """Certificate and key of one system together are that system."""
    assert callers.over_tls("a", **callers.headers(A)).status == 200


@pytest.mark.parametrize("certificate", ["b", "unbound"])
def test_row_27_both_disagree(callers, certificate):
    """Row 27: the key of one system beside the certificate of another, or of nobody, proves neither."""
    assert callers.over_tls(certificate, **callers.headers(A)).code == "authentication-failed"


def test_row_27_unbound(callers):
    """Row 27: a certificate of the right authority that no system is bound to is nobody."""
    assert callers.over_tls("unbound").code == "authentication-failed"


def test_row_27_revoked(callers):
    """Row 27: a bound certificate that its authority's CRL names is nobody, over our own TLS and from a trusted proxy."""
    assert callers.over_tls("revoked").code == "authentication-failed"
    assert callers.over_tcp(PROXY, **callers.headers(certificate="revoked")).code == "authentication-failed"
    assert callers.over_tls("revoked", **callers.headers(A)).code == "authentication-failed"


@pytest.mark.parametrize("certificate", ["expired", "future", "foreign"])
def test_row_27_handshake(callers, certificate):
    """Row 27: an expired, premature or foreign certificate ends in the handshake, bound or not."""
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        callers.over_tls(certificate)


def test_row_28_suspended(callers):
    """Row 28: a suspended system is known by its certificate, too, and may do nothing."""
    assert callers.over_tls("suspended").code == "not-authorised"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls(callers, version):
    """TLS before 1.2 is not spoken."""
    context = callers.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, version
    with socket.create_connection(("127.0.0.1", callers.tls_port), timeout=5) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain)


def test_weak_ciphers(callers):
    """Of TLS 1.2, suites without forward secrecy or authenticated encryption are not spoken."""
    context = callers.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", callers.tls_port), timeout=5) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain)


def test_plain_http_on_the_tls_port(callers):
    """Plain HTTP on the port with TLS gets no answer of ours, and harms nobody."""
    with socket.create_connection(("127.0.0.1", callers.tls_port), timeout=5) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"HTTP/1.1 200" not in connection.recv(1000)
    assert callers.over_tls("a").status == 200


def test_header_from_the_unix_socket(callers):
    """Whoever may write to the unix socket is a trusted proxy: its `Client-Cert` (RFC 9440) names the system."""
    answer = callers.over_unix(callers.headers(certificate="a"))
    assert (answer.status, logged(callers, answer)["caller"]) == (200, A)
    assert callers.over_unix({}).code == "authentication-failed"
    assert callers.over_unix(callers.headers(A)).status == 200


def test_header_from_a_trusted_proxy(callers):
    """From an address of `listen.trusted_proxies` the header counts."""
    assert callers.over_tcp(PROXY, **callers.headers(certificate="a")).status == 200
    assert callers.over_tcp(PROXY, **callers.headers(B, "a")).code == "authentication-failed"


@pytest.mark.parametrize("certificate", ["expired", "future", "unbound"])
def test_row_27_header_is_checked(callers, certificate):
    """Row 27: what the proxy let through is checked again: bound, and within its time."""
    assert callers.over_tcp(PROXY, **callers.headers(certificate=certificate)).code == "authentication-failed"


def test_row_27_header_from_anybody(callers):
    """Row 27: from anybody else the header is ignored, and the log says so."""
    answer = callers.over_tcp(**callers.headers(certificate="a"))
    assert answer.code == "authentication-failed"
    assert logged(callers, answer)["ignored"] == "Client-Cert"
    answer = callers.over_tcp(**callers.headers(B, "a"))
    assert (answer.status, logged(callers, answer)["caller"]) == (200, B)


def test_row_27_header_over_tls(callers):
    """Row 27: over TLS of the hub's own the handshake counts, not the header."""
    answer = callers.over_tls("b", **callers.headers(certificate="a"))
    assert (answer.status, logged(callers, answer)["caller"]) == (200, B)
    assert callers.over_tls(None, **callers.headers(certificate="a")).code == "authentication-failed"


# A name with "::" in it would be a module of its own to the one who shares the tests out among workers.
@pytest.mark.parametrize(
    "field",
    ["", "x", ":x:", ":QUJD", "QUJD", ":QUJD:, :QUJD:", ":QUJD:;a=1", ":%%%%:", pytest.param("::", id="two-colons")],
)
def test_row_27_unreadable_header(callers, field):
    """Row 27: a header of the proxy that is not one byte sequence is no certificate."""
    assert callers.over_tcp(PROXY, Client_Cert=field).code == "authentication-failed"


def test_row_27_taken_away(callers):
    """Row 27: a certificate that was taken from its system is refused within seconds, on open connections too."""
    context = callers.context()
    context.load_cert_chain(callers.file("a2"))
    connection = http.client.HTTPSConnection("127.0.0.1", callers.tls_port, timeout=10, context=context)
    connection.request("GET", "/v1/inbox")
    assert connection.getresponse().read()
    sha256 = fingerprint(callers.certificates["a2"].certificate)
    axis("system", "certificate", "remove", sha256, "--config", str(callers.hub.config))
    connection.request("GET", "/v1/inbox?wait=2")
    connection.getresponse().read()
    connection.request("GET", "/v1/inbox")
    assert connection.getresponse().status == 401
    connection.close()


def test_zz_last_used(callers):
    """When the hub stops, it has written down when each credential was last seen."""
    callers.over_tls("a", **callers.headers(A))
    assert callers.hub.stop() == 0
    sha256 = fingerprint(callers.certificates["a"].certificate)
    listed = {
        kind: json.loads(axis(*kind, "list", "--system", A, "--json", "--config", str(callers.hub.config)).stdout)
        for kind in (("key",), ("system", "certificate"))
    }
    assert [each["key_id"] for each in listed["key",] if each["last_used_at"]] == [callers.key(A).split("_")[1]]
    (used,) = [each for each in listed["system", "certificate"] if each["sha256"] == sha256]
    assert used["last_used_at"]
    assert not (callers.hub.folder / "axis.sock").exists()
