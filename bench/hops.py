"""CPU of every hop of one package, without a server: what the hub's own code costs, beside signxml on the same bytes.

Hops 2 to 6 are measured one by one and as a whole, with the certificate path cached as in a running hub. A hop that
consumes its input (verification detaches the signature) gets a fresh one each time, made outside the measured time.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from msgspec import Struct
from signxml.verifier import XMLVerifier

from adapters.trust.load import load_trust
from bench.clock import Clock, Measurement
from bench.demo import Demo
from hub.accounts import Register, Snapshot
from hub.allocation import keep_freed_memory
from hub.attest import Attestor
from hub.changes import Content
from hub.examine import Examined, Rules, Window, examine
from hub.settings import TrustSettings
from hub.submission import deliveries_of, package_of
from hub.telling import consign
from routing.resolve import resolve
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml import read
from schemas.edxml.lean import LeanTree, parse_lean
from signing.verify import RegisteredCertificate, Verified, verify

_LIFETIME = timedelta(days=30)


class Hop(Struct, frozen=True):
    """A measured step. `prepare` makes the input of one execution; it is not measured."""

    name: str
    prepare: Callable[[], Any]
    run: Callable[[Any], object]


class Bench:
    """The values that a running hub holds, taken from a demo hub."""

    def __init__(self, demo: Demo) -> None:
        keep_freed_memory()  # as a running hub does
        said = json.loads((demo.folder / "credentials.json").read_text("utf-8"))
        trust = load_trust(TrustSettings(), demo.folder)
        self._ca_file = str(demo.folder / said["hub"]["trust"])
        self._attestor = Attestor(said["hub"]["code"], trust.sealer)
        self._register = _register(demo, said)
        self._system = next(each for each in self._register.systems if demo.sender.code in _codes(said, each.id))
        window = Window(newest=timedelta(hours=24))
        self._rules = Rules(snapshot=Snapshot.of(self._register), anchors=trust.anchors, window=window)

    def hops(self, data: bytes) -> tuple[Hop, ...]:
        """Return the steps of one package, in order; the last three are sums and comparisons."""
        snapshot, anchors = self._rules.snapshot, self._rules.anchors
        now = datetime.now(UTC)
        envelope = self._examine(data).envelope
        examined = self._examine(data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)

        def checked(lean: LeanTree) -> Verified:
            return verify(lean.root, registry=snapshot, anchors=anchors, at=now, texts=lean.texts)

        def signed() -> LeanTree:
            lean = parse_lean(data)
            checked(lean)
            return lean

        def decoded(lean: LeanTree) -> object:
            return read(lean.root, received_at=now, contents=lean.contents)

        return (
            Hop("2 parse", lambda: None, lambda _: parse_lean(data)),
            Hop("3 verify", lambda: parse_lean(data), checked),
            Hop("4 validate and decode", signed, decoded),
            Hop("5 resolve", lambda: None, lambda _: resolve(snapshot.directory, envelope.recipients, now.date())),
            Hop("6 decide and attest", lambda: None, lambda _: self._decide(examined, len(data))),
            Hop(WHOLE, lambda: None, lambda _: self._decide(self._examine(data), len(data))),
            Hop(VERIFICATION, lambda: None, lambda _: checked(parse_lean(data))),
            Hop(SIGNXML, lambda: None, lambda _: XMLVerifier().verify(data, ca_pem_file=self._ca_file, parser=parser)),
            *self._by_xmlsec1(data),
        )

    def _by_xmlsec1(self, data: bytes) -> Iterator[Hop]:
        """Verify with the command of that name, where it is installed; starting the process is most of a small package's cost."""
        program = shutil.which("xmlsec1")
        if program is not None:
            command = (program, "--verify", "--enabled-key-data", "x509", "--trusted-pem", self._ca_file, "-")
            run = partial(subprocess.run, command, input=data, capture_output=True, check=True)
            yield Hop("xmlsec1 verify, a process", lambda: None, lambda _: run())

    def _examine(self, data: bytes) -> Examined:
        return examine(data, system=self._system, rules=self._rules, at=datetime.now(UTC))

    def _decide(self, examined: Examined, size: int) -> object:
        now = datetime.now(UTC)
        content = Content(sha256="0" * 64, size=size, data=None)
        package = package_of(examined, content, system_id=self._system.id, at=now)
        deliveries = deliveries_of(package, examined, deadline_at=now + _LIFETIME)
        receipt = self._attestor.acceptance(package)
        system = self._rules.snapshot.directory.system
        return receipt, [consign(each, system(each.system_id), package) for each in deliveries]


WHOLE = "hops 2 to 6 as one"
VERIFICATION = "verification: hops 2 and 3"
SIGNXML = "signxml verify alone"


def measure_hops(demo: Demo, packages: Mapping[str, bytes], *, seconds: float) -> dict[str, dict[str, Measurement]]:
    """Return by size and hop what one package costs; `seconds` of CPU are spent on each."""
    bench, clock = Bench(demo), Clock()
    return {
        size: {hop.name: clock.measure(hop.run, prepare=hop.prepare, seconds=seconds) for hop in bench.hops(data)}
        for size, data in packages.items()
    }


def _register(demo: Demo, said: Mapping[str, Any]) -> Register:
    agencies = tuple(
        Agency(code=each["code"], name=each["name"], system_id=each["system"])
        for each in said["agencies"]
        if each["system"] is not None
    )
    systems = tuple(
        System(id=each["id"], name=each["id"], binding=Binding(each["binding"]), policy=SignaturePolicy.REQUIRED)
        for each in said["systems"]
    )
    return Register(
        version=1,
        systems=systems,
        agencies=agencies,
        certificates=tuple(_registered(demo, each) for each in said["agencies"]),
        api_keys=(),
        users=(),
        webhook_secrets={},
    )


def _registered(demo: Demo, agency: Mapping[str, Any]) -> RegisteredCertificate:
    certificate = x509.load_pem_x509_certificate((demo.folder / agency["certificate"]).read_bytes())
    return RegisteredCertificate(
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        agency_code=agency["code"],
        der=certificate.public_bytes(Encoding.DER),
    )


def _codes(said: Mapping[str, Any], system_id: str) -> Sequence[str]:
    return next(each["agencies"] for each in said["systems"] if each["id"] == system_id)
