"""What is believed of a certificate when revocation is required: CRLs and OCSP answers, fresh, stale, missing and false."""

from datetime import timedelta

import pytest
from cryptography import x509

from signing.errors import Undetermined, Untrusted
from signing.lab import Addresses, Authority, KeyKind, LabPki
from signing.lab_revocation import crl, ocsp_answer, responder
from signing.receipt import KeySealer, Origin, PackageReference, Receipt, open_receipt
from signing.revocation import Revocation, RevocationEvidence, Revoked
from signing.revocation_reading import read_crl
from tests.unit.signing.pkix import HOUR, code_of, entry, lists_of, required, verdict_of, verify_by

WITH_CRL = Addresses(crl=("http://crl.example.vn/sub.crl",))
WITH_OCSP = Addresses(ocsp=("http://ocsp.example.vn/",))
BOTH = Addresses(crl=WITH_CRL.crl, ocsp=WITH_OCSP.ocsp)


@pytest.fixture(params=[Addresses(), WITH_CRL, WITH_OCSP, BOTH], ids=["nowhere", "crl", "ocsp", "both"])
def agency(request, pki):
    """A seal, with and without addresses of CRL and OCSP."""
    return pki.agency("H99.01", "Sở Mẫu", addresses=request.param)


def revocation_step(verified):
    return next(step for step in verified.report if step.name == "revocation")


# --- CRLs ---


def test_a_certificate_that_no_list_names_is_good(agency, pki, anchors, now):
    """With fresh lists of every authority on the path, and nothing in them, the package is accepted and the report says why."""
    verified = verify_by(agency, anchors, now, revocation=required(*lists_of(pki, now - HOUR)))
    assert revocation_step(verified).result == "passed"
    assert revocation_step(verified).detail.startswith("shown good until ")


def test_a_revoked_certificate_is_refused_whether_or_not_it_names_an_address(agency, pki, anchors, now):
    """A leaf on the CRL is refused, with the time and the reason in both languages; the address in it decides nothing."""
    lists = lists_of(pki, now - HOUR, entry(agency.certificate, now - 2 * HOUR))
    verdict = verdict_of(agency, anchors, now, revocation=required(*lists))
    assert isinstance(verdict, Untrusted)
    assert verdict.code == "certificate-revoked"
    when = f"{now - 2 * HOUR:%Y-%m-%d %H:%M:%S} UTC"
    assert when in verdict.detail_en
    assert "key compromise" in verdict.detail_en
    assert when in verdict.detail_vi
    assert "lộ khóa" in verdict.detail_vi
    assert [step.name for step in verdict.report if step.result == "failed"] == ["revocation"]


def test_without_any_list_nothing_can_be_said(agency, anchors, now):
    """Required and no evidence: undetermined, not refused."""
    verdict = verdict_of(agency, anchors, now, revocation=required())
    assert isinstance(verdict, Undetermined)
    assert verdict.code == "revocation-unavailable"
    assert [step.name for step in verdict.report if step.result == "undetermined"] == ["revocation"]


def test_the_lists_of_all_authorities_are_needed(agency_ec, pki, anchors, now):
    """The list of the leaf's issuer alone says nothing about that issuer."""
    _, of_subordinate = lists_of(pki, now)
    assert code_of(agency_ec, anchors, now, revocation=required(of_subordinate)) == "revocation-unavailable"


def test_a_revoked_authority_ends_its_leaves(agency_ec, pki, anchors, now):
    """A leaf below a revoked authority is refused; the sentence names the authority."""
    lists = lists_of(pki, now, entry(pki.subordinate.certificate, now - HOUR, "cACompromise"))
    verdict = verdict_of(agency_ec, anchors, now, revocation=required(*lists))
    assert verdict.code == "certificate-revoked"
    assert "authority above" in verdict.detail_en


def test_the_list_of_another_authority_proves_nothing(agency_ec, pki, anchors, now):
    """A list under the right name that another key signed is no evidence."""
    double = Authority.root("Trục liên thông - Lab Root CA", pki.validity, KeyKind.EC_P256)
    forged = double.subordinate("Trục liên thông - Lab Sub CA", pki.validity)
    of_root, _ = lists_of(pki, now)
    assert code_of(agency_ec, anchors, now, revocation=required(of_root, crl(forged, now))) == "revocation-unavailable"


def test_a_forged_list_revokes_nobody(agency_ec, pki, anchors, now):
    """Beside the true list, a forged one that names the certificate is passed over."""
    double = Authority.root("Trục liên thông - Lab Root CA", pki.validity, KeyKind.EC_P256)
    forged = double.subordinate("Trục liên thông - Lab Sub CA", pki.validity)
    false = crl(forged, now, entry(agency_ec.certificate, now - HOUR))
    assert verify_by(agency_ec, anchors, now, revocation=required(*lists_of(pki, now), false))


def test_an_agency_signs_no_list(agency_ec, pki, anchors, now):
    """A certificate without cRLSign speaks for nobody, also under its authority's name."""
    impostor = Authority(agency_ec.key, pki.subordinate.certificate)
    of_root, _ = lists_of(pki, now)
    verdict = code_of(agency_ec, anchors, now, revocation=required(of_root, crl(impostor, now)))
    assert verdict == "revocation-unavailable"


def test_one_entry_among_many_is_found(agency_ec, pki, anchors, now):
    """Of a list of twenty thousand entries the one that matters is found."""
    many = {10**9 + number: Revoked(now - HOUR, "superseded") for number in range(20_000)}
    of_root, _ = lists_of(pki, now)
    good = required(of_root, crl(pki.subordinate, now, many))
    assert verify_by(agency_ec, anchors, now, revocation=good)
    bad = required(of_root, crl(pki.subordinate, now, many | entry(agency_ec.certificate, now - HOUR)))
    assert code_of(agency_ec, anchors, now, revocation=bad) == "certificate-revoked"


@pytest.mark.parametrize("reason", ["unspecified", "superseded", "certificateHold", "cessationOfOperation"])
def test_every_reason_revokes(reason, agency_ec, pki, anchors, now):
    """Whatever the reason, on hold included, a certificate on a fresh list is refused."""
    lists = lists_of(pki, now, entry(agency_ec.certificate, now - HOUR, reason))
    assert code_of(agency_ec, anchors, now, revocation=required(*lists)) == "certificate-revoked"


# --- time ---


def test_a_stale_list_proves_nothing(agency_ec, pki, anchors, now):
    """After its nextUpdate a list shows nobody good."""
    lists = lists_of(pki, now - 2 * HOUR, lifetime=HOUR)
    assert code_of(agency_ec, anchors, now, revocation=required(*lists)) == "revocation-unavailable"


def test_grace_lets_a_stale_list_serve_for_a_while(agency_ec, pki, anchors, now):
    """Within the grace time the stale list serves, to the second; beyond it no longer."""
    revocation = required(*lists_of(pki, now - HOUR, lifetime=HOUR), grace=timedelta(hours=2))
    assert verify_by(agency_ec, anchors, now + 2 * HOUR, revocation=revocation)
    late = now + 2 * HOUR + timedelta(seconds=1)
    assert code_of(agency_ec, anchors, late, revocation=revocation) == "revocation-unavailable"


def test_a_stale_list_still_revokes(agency_ec, pki, anchors, now):
    """What a list once revoked stays revoked, however old the list."""
    lists = lists_of(pki, now - 5 * HOUR, entry(agency_ec.certificate, now - 6 * HOUR), lifetime=HOUR)
    assert code_of(agency_ec, anchors, now, revocation=required(lists[1], crl(pki.root, now))) == "certificate-revoked"


def test_a_revoked_certificate_beside_it_revives_no_stale_list(agency_ec, pki, anchors, now):
    """Who puts a certificate that an old list revokes into KeyInfo, beside the own one, is not shown good by that list."""
    beside = pki.agency("H99.02", "Sở Khác").certificate
    old = crl(pki.subordinate, now - 5 * HOUR, entry(beside, now - 6 * HOUR), lifetime=HOUR)
    leaf, *above = agency_ec.chain
    code = code_of(agency_ec, anchors, now, chain=[leaf, beside, *above], revocation=required(old, crl(pki.root, now)))
    assert code == "revocation-unavailable"


def test_a_stale_hold_is_forgotten(agency_ec, pki, anchors, now):
    """A hold may be lifted: an old list that says so is not held against a fresh one that does not."""
    _, old = lists_of(
        pki, now - 5 * HOUR, entry(agency_ec.certificate, now - 6 * HOUR, "certificateHold"), lifetime=HOUR
    )
    assert verify_by(agency_ec, anchors, now, revocation=required(old, *lists_of(pki, now)))


def test_a_past_moment_is_judged_by_the_evidence_of_that_time(agency_ec, pki, anchors, now):
    """Revoked today, good yesterday: with the lists of both days each moment gets its own answer."""
    yesterday = now - 20 * HOUR
    before = lists_of(pki, yesterday - HOUR, lifetime=timedelta(hours=4))
    after = lists_of(pki, now - HOUR, entry(agency_ec.certificate, now - 2 * HOUR))
    revocation = required(*before, *after)
    assert verify_by(agency_ec, anchors, yesterday, revocation=revocation)
    assert code_of(agency_ec, anchors, now, revocation=revocation) == "certificate-revoked"


def test_todays_list_alone_says_nothing_about_a_past_moment(agency_ec, pki, anchors, now):
    """For a moment before thisUpdate evidence of that time is wanted."""
    revocation = required(*lists_of(pki, now))
    assert code_of(agency_ec, anchors, now - 3 * HOUR, revocation=revocation) == "revocation-unavailable"


def test_todays_list_revokes_for_the_past_too(agency_ec, pki, anchors, now):
    """A list of today that says "revoked since the day before" ends yesterday's signatures."""
    yesterday = now - 20 * HOUR
    before = lists_of(pki, yesterday - HOUR)
    after = crl(pki.subordinate, now, entry(agency_ec.certificate, yesterday - HOUR))
    assert code_of(agency_ec, anchors, yesterday, revocation=required(*before, after)) == "certificate-revoked"


# --- OCSP ---


def test_an_ocsp_answer_stands_in_for_a_list(pki, anchors, now):
    """Where a certificate names a responder, its good answer is enough."""
    agency = pki.agency("H99.01", "Sở Mẫu", addresses=WITH_OCSP)
    answer = ocsp_answer(pki.subordinate, agency.certificate, now - HOUR)
    assert verify_by(agency, anchors, now, revocation=required(crl(pki.root, now), answer))


def test_a_revoking_answer_is_believed_whether_or_not_a_responder_is_named(agency, pki, anchors, now):
    """An OCSP answer "revoked" ends the certificate, also one that names no responder, also beside a clean list."""
    answer = ocsp_answer(pki.subordinate, agency.certificate, now - HOUR, Revoked(now - 2 * HOUR, "superseded"))
    alone = required(crl(pki.root, now), answer)
    assert code_of(agency, anchors, now, revocation=alone) == "certificate-revoked"
    beside_a_clean_list = required(*lists_of(pki, now), answer)
    assert code_of(agency, anchors, now, revocation=beside_a_clean_list) == "certificate-revoked"


def test_a_good_answer_does_not_undo_a_list(agency, pki, anchors, now):
    """Where list and answer disagree, revoked wins."""
    lists = lists_of(pki, now, entry(agency.certificate, now - HOUR))
    answer = ocsp_answer(pki.subordinate, agency.certificate, now - HOUR)
    assert code_of(agency, anchors, now, revocation=required(*lists, answer)) == "certificate-revoked"


def test_a_list_speaks_of_its_issuers_certificates_only(pki, anchors, now):
    """That the root's list names a serial number says nothing about the certificate of another authority that has the same."""
    agency = pki.agency("H99.01", "Sở Mẫu", addresses=WITH_OCSP)
    answer = ocsp_answer(pki.subordinate, agency.certificate, now)
    of_root = crl(pki.root, now, entry(agency.certificate, now - HOUR))
    assert verify_by(agency, anchors, now, revocation=required(of_root, answer))


def test_an_unknown_certificate_is_not_shown_good(pki, anchors, now):
    """The answer "unknown" shows nothing."""
    agency = pki.agency("H99.01", "Sở Mẫu", addresses=WITH_OCSP)
    answer = ocsp_answer(pki.subordinate, agency.certificate, now, is_unknown=True)
    assert code_of(agency, anchors, now, revocation=required(crl(pki.root, now), answer)) == "revocation-unavailable"


def test_the_answer_about_another_certificate_proves_nothing(pki, anchors, now):
    """A good answer is good for the one certificate it names."""
    agency, other = (pki.agency("H99.01", name, addresses=WITH_OCSP) for name in ("Sở Mẫu", "Sở Khác"))
    answer = ocsp_answer(pki.subordinate, other.certificate, now)
    assert code_of(agency, anchors, now, revocation=required(crl(pki.root, now), answer)) == "revocation-unavailable"


@pytest.mark.parametrize("is_checked", [False, True])
def test_a_delegated_responder_answers_for_its_authority(is_checked, pki, anchors, now):
    """A responder certified for it answers, with id-pkix-ocsp-nocheck or, when its own status is known, without."""
    agency = pki.agency("H99.01", "Sở Mẫu", addresses=WITH_OCSP)
    by = responder(pki.subordinate, pki.validity, is_checked=is_checked)
    answer = ocsp_answer(pki.subordinate, agency.certificate, now, by=by)
    assert verify_by(agency, anchors, now, revocation=required(*lists_of(pki, now), answer))


def test_an_agency_answers_for_nobody(pki, agency_ec, anchors, now):
    """An answer signed by a certificate that is no responder proves nothing."""
    agency = pki.agency("H99.01", "Sở Mẫu", addresses=WITH_OCSP)
    answer = ocsp_answer(pki.subordinate, agency.certificate, now, by=agency_ec)
    assert code_of(agency, anchors, now, revocation=required(crl(pki.root, now), answer)) == "revocation-unavailable"


def test_a_responder_of_another_authority_answers_for_nobody(pki, anchors, now):
    """A responder below an unknown root proves nothing."""
    agency = pki.agency("H99.01", "Sở Mẫu", addresses=WITH_OCSP)
    stranger = responder(LabPki.create(now, kind=KeyKind.EC_P256).subordinate, pki.validity)
    answer = ocsp_answer(pki.subordinate, agency.certificate, now, by=stranger)
    assert code_of(agency, anchors, now, revocation=required(crl(pki.root, now), answer)) == "revocation-unavailable"


def test_an_answer_ages(pki, anchors, now):
    """After nextUpdate an answer serves for the grace time only; without nextUpdate it serves for half an hour."""
    agency = pki.agency("H99.01", "Sở Mẫu", addresses=WITH_OCSP)
    of_root = crl(pki.root, now)
    old = ocsp_answer(pki.subordinate, agency.certificate, now - 2 * HOUR, lifetime=HOUR)
    assert code_of(agency, anchors, now, revocation=required(of_root, old)) == "revocation-unavailable"
    assert verify_by(agency, anchors, now, revocation=required(of_root, old, grace=HOUR))
    open_ended = ocsp_answer(pki.subordinate, agency.certificate, now - timedelta(minutes=29), lifetime=None)
    assert verify_by(agency, anchors, now, revocation=required(of_root, open_ended))
    late = now + timedelta(minutes=2)
    assert code_of(agency, anchors, late, revocation=required(of_root, open_ended)) == "revocation-unavailable"


# --- memory ---


def test_new_evidence_is_heard_at_once(agency_ec, pki, anchors, now):
    """A path remembered as good is looked at again when the evidence changes."""
    assert verify_by(agency_ec, anchors, now, revocation=required(*lists_of(pki, now)))
    lists = lists_of(pki, now, entry(agency_ec.certificate, now - HOUR))
    assert code_of(agency_ec, anchors, now, revocation=required(*lists)) == "certificate-revoked"


def test_a_remembered_path_ends_with_its_evidence(agency_ec, pki, anchors, now):
    """Within the minute of memory, the path is forgotten at the nextUpdate of what showed it good."""
    revocation = required(*lists_of(pki, now - HOUR, lifetime=HOUR + timedelta(seconds=10)))
    assert verify_by(agency_ec, anchors, now, revocation=revocation)
    late = now + timedelta(seconds=11)
    assert code_of(agency_ec, anchors, late, revocation=revocation) == "revocation-unavailable"


def test_unchecked_paths_do_not_pass_for_checked_ones(agency_ec, anchors, now):
    """A path remembered without revocation does not serve when it is required."""
    assert revocation_step(verify_by(agency_ec, anchors, now)).result == "not configured"
    assert code_of(agency_ec, anchors, now, revocation=required()) == "revocation-unavailable"


def test_evidence_is_collected_once(pki, now):
    """Evidence given twice, in another order, is the same evidence."""
    one, two = (read_crl(each) for each in lists_of(pki, now))
    evidence = RevocationEvidence.of([one, two, one])
    assert evidence.version == RevocationEvidence.of([two, one]).version
    assert len(evidence.lists) == 2
    assert Revocation.required(evidence).basis != Revocation.required(evidence, grace=HOUR).basis


# --- scope of lists ---


def distribution(**choices):
    arguments = dict.fromkeys(("full_name", "relative_name", "only_some_reasons"))
    flags = dict.fromkeys(
        ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs"), False
    )
    return x509.IssuingDistributionPoint(**(arguments | flags | choices))


def test_a_list_of_authorities_says_nothing_about_agencies(agency_ec, pki, anchors, now):
    """A list limited to authorities' certificates shows no leaf good; one limited to leaves does."""
    of_root = crl(pki.root, now)
    of_authorities = crl(pki.subordinate, now, extensions=((distribution(only_contains_ca_certs=True), True),))
    assert code_of(agency_ec, anchors, now, revocation=required(of_root, of_authorities)) == "revocation-unavailable"
    of_leaves = crl(pki.subordinate, now, extensions=((distribution(only_contains_user_certs=True), True),))
    assert verify_by(agency_ec, anchors, now, revocation=required(of_root, of_leaves))


def test_a_list_of_some_reasons_is_not_enough(agency_ec, pki, anchors, now):
    """A list that leaves out reasons shows nobody good, but revokes."""
    some = distribution(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise}))
    of_root = crl(pki.root, now)
    partial = crl(pki.subordinate, now, extensions=((some, True),))
    assert code_of(agency_ec, anchors, now, revocation=required(of_root, partial)) == "revocation-unavailable"
    named = crl(pki.subordinate, now, entry(agency_ec.certificate, now - HOUR), extensions=((some, True),))
    assert code_of(agency_ec, anchors, now, revocation=required(of_root, named)) == "certificate-revoked"


# --- receipts ---


def test_a_receipt_of_a_revoked_hub_is_refused(pki, hub, anchors, now):
    """Opened with evidence, a receipt is held against it too."""
    package = PackageReference(id="p", document_id="d", sha256="0" * 64, size=1)
    receipt = Receipt("r", "ContentHandover", now, "H99", package, "H99.01", Origin.SIGNATURE, "nonce")
    sealed = KeySealer(hub.key, hub.chain).seal(receipt)
    good = open_receipt(sealed, anchors=anchors, revocation=required(*lists_of(pki, now - HOUR)))
    assert revocation_step(good).result == "passed"
    lists = lists_of(pki, now - HOUR, entry(hub.certificate, now - 2 * HOUR))
    with pytest.raises(Untrusted) as refusal:
        open_receipt(sealed, anchors=anchors, revocation=required(*lists))
    assert (refusal.value.code, refusal.value.step) == ("certificate-revoked", 7)
