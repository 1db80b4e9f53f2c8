"""Who is calling."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from adapters.http.auth import Presented, authenticate
from hub import keys
from hub.accounts import ApiKey, Caller, Register, Role, Snapshot, SystemCertificate, User
from hub.trouble import Refusal
from routing.values import Binding, System

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEY = keys.make()
SYSTEM = System(id="sys-1", name="S", binding=Binding.PULL)
KNOWN = ApiKey(key_id=KEY.key_id, secret_sha256=KEY.secret_sha256, system_id="sys-1", user_name=None, created_at=NOW)
SHA256 = "ab" * 32
CERTIFICATE = SystemCertificate(
    sha256=SHA256,
    system_id="sys-1",
    subject="CN=sys-1",
    not_before=NOW,
    not_after=NOW + timedelta(days=1),
    added_at=NOW,
)
USER = User(name="thanh", role=Role.AUDITOR, password_phc="-")


def snapshot(key=KNOWN, system=SYSTEM, user=USER):
    return Snapshot.of(Register(1, (system,), (), (), (key,), (user,), {}, (CERTIFICATE,)))


def caller(authorization, of, at=NOW):
    return authenticate(Presented(authorization), of, at).caller


def refused(authorization, of, at=NOW):
    with pytest.raises(Refusal) as caught:
        caller(authorization, of, at)
    return caught.value.code


def test_system():
    """The key of a system makes its holder that system."""
    assert caller(f"Bearer {KEY.text}", snapshot()) == Caller("sys-1", Role.SYSTEM)


def test_scheme_in_any_case():
    """The scheme's name is read in any case (RFC 9110 section 11.1)."""
    assert caller(f"bearer {KEY.text}", snapshot()).name == "sys-1"


def test_person():
    """The key of a person gives that person's role."""
    of = snapshot(structs.replace(KNOWN, system_id=None, user_name="thanh"))
    assert caller(f"Bearer {KEY.text}", of) == Caller("thanh", Role.AUDITOR)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer x",
        f"Basic {KEY.text}",
        KEY.text,
        f"Bearer {keys.make().text}",
        f"Bearer {keys.Key(KEY.key_id, keys.make().secret).text}",
        f"Bearer {KEY.text}x",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
    ],
    ids=[
        "nothing",
        "empty",
        "scheme alone",
        "no key",
        "another scheme",
        "no scheme",
        "unknown key",
        "wrong secret",
        "secret with a tail",
        "unsigned token",
    ],
)
def test_nobody(authorization):
    """No key, no real key, and the right id with another secret are all the same: not authenticated."""
    assert refused(authorization, snapshot()) == "authentication-failed"


def test_expired():
    """A key is of no use from the moment it expires."""
    assert refused(f"Bearer {KEY.text}", snapshot(structs.replace(KNOWN, expires_at=NOW))) == "authentication-failed"
    caller(f"Bearer {KEY.text}", snapshot(structs.replace(KNOWN, expires_at=NOW + timedelta(seconds=1))), NOW)


def test_revoked():
    """A revoked key is of no use."""
    assert refused(f"Bearer {KEY.text}", snapshot(structs.replace(KNOWN, revoked_at=NOW))) == "authentication-failed"


def test_suspended_system():
    """A suspended system is known, but may do nothing."""
    of = snapshot(system=structs.replace(SYSTEM, is_active=False))
    assert refused(f"Bearer {KEY.text}", of) == "not-authorised"


def test_suspended_person():
    """A suspended person is known, but may do nothing."""
    of = snapshot(
        structs.replace(KNOWN, system_id=None, user_name="thanh"), user=structs.replace(USER, is_active=False)
    )
    assert refused(f"Bearer {KEY.text}", of) == "not-authorised"


def by_certificate(authorization, sha256, of, at=NOW):
    return authenticate(Presented(authorization, sha256), of, at)


def test_certificate():
    """A bound certificate makes its holder that system; what proved it is named for the record."""
    found = by_certificate(None, SHA256, snapshot())
    assert (found.caller, found.credentials) == (Caller("sys-1", Role.SYSTEM), (SHA256,))


def test_certificate_and_key():
    """Both together prove the system when they agree."""
    found = by_certificate(f"Bearer {KEY.text}", SHA256, snapshot())
    assert (found.caller.name, found.credentials) == ("sys-1", (KEY.key_id, SHA256))


@pytest.mark.parametrize(
    "authorization, sha256, key",
    [
        (None, "cd" * 32, KNOWN),
        (f"Bearer {KEY.text}", "cd" * 32, KNOWN),
        ("Bearer x", SHA256, KNOWN),
        ("", SHA256, KNOWN),
        (f"Bearer {KEY.text}", SHA256, structs.replace(KNOWN, system_id=None, user_name="thanh")),
    ],
    ids=["unknown certificate", "unknown certificate and a key", "no key", "empty", "another's key"],
)
def test_disagreement(authorization, sha256, key):
    """An unknown certificate, a broken key beside a good certificate, and two that name different callers prove nobody."""
    with pytest.raises(Refusal, match=r"key|certificate") as caught:
        by_certificate(authorization, sha256, snapshot(key))
    assert caught.value.code == "authentication-failed"


@pytest.mark.parametrize("at", [NOW - timedelta(seconds=1), NOW + timedelta(days=1, seconds=1)])
def test_certificate_outside_its_time(at):
    """A certificate counts within its validity only, also where a proxy let it through."""
    with pytest.raises(Refusal, match="expired") as caught:
        by_certificate(None, SHA256, snapshot(), at)
    assert caught.value.code == "authentication-failed"


def test_certificate_of_a_suspended_system():
    """A suspended system is known by its certificate, too, but may do nothing."""
    with pytest.raises(Refusal) as caught:
        by_certificate(None, SHA256, snapshot(system=structs.replace(SYSTEM, is_active=False)))
    assert caught.value.code == "not-authorised"
