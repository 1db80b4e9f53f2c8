"""The hub's own examination in this process, with a real register: two agencies, two systems, the laboratory's certificates.

Every package is examined twice, with each attachment's content in the tree and with each beside it (`schemas.edxml.lean`): both
must come to the same.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import asdict, replace

from hub.accounts import Register, Snapshot
from hub.examine import Examined, Rules, Window, examine
from hub.trouble import Deferral, Refusal
from routing.values import Agency, Binding, SignaturePolicy, System
from signing.certificates import TrustAnchors
from signing.verify import RegisteredCertificate
from tests.vectors.signatures.signers import Lab

SENDING = System(id="sending", name="", binding=Binding.PULL, policy=SignaturePolicy.REQUIRED)
_RECEIVING = System(id="receiving", name="", binding=Binding.PULL, policy=SignaturePolicy.REQUIRED)


class Examiner:
    """Examines packages as the sending system's, at the laboratory's moment."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        agencies = (
            Agency(code="H99.01", name="Sở Mẫu", parent=None, system_id=SENDING.id),
            Agency(code="H99.02", name="Sở Khác", parent=None, system_id=_RECEIVING.id),
        )
        certificates = tuple(RegisteredCertificate(sha256, code, b"") for sha256, code in lab.registered.items())
        register = Register(1, (SENDING, _RECEIVING), agencies, certificates, (), (), {})
        whole = Rules(
            snapshot=Snapshot.of(register),
            anchors=TrustAnchors([lab.pki.root.certificate]),
            window=Window(newest=timedelta(hours=24)),
            lift_from=1 << 40,
        )
        self.rules = whole
        self._ways = (whole, replace(whole, lift_from=1))

    def __call__(self, data: bytes) -> Examined:
        """Examine; raises `Refusal` or `Deferral`, and anything else only by a defect."""
        one, other = (self._outcome(data, rules) for rules in self._ways)
        assert _comparable(one) == _comparable(other)
        if isinstance(one, Examined):
            return one
        raise one

    def _outcome(self, data: bytes, rules: Rules) -> Examined | Refusal | Deferral:
        try:
            return examine(data, system=SENDING, rules=rules, at=self._lab.at)
        except (Refusal, Deferral) as trouble:
            return trouble


def _comparable(outcome: Examined | Refusal | Deferral) -> object:
    return asdict(outcome) if isinstance(outcome, Examined) else (outcome.code, outcome.detail, outcome.faults)


def shown(examined: Examined) -> Examined:
    """Return what is displayed, stored and routed of a package: all but the notes about its spelling."""
    return replace(examined, envelope=replace(examined.envelope, notes=()))
