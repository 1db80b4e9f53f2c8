import base64
from datetime import UTC, datetime, timedelta

import pytest

from adapters.webhook.signature import is_genuine, new_secret, signed_headers

NOW = datetime.fromtimestamp(1614265330, UTC)
#: The worked example of the Standard Webhooks specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'


def test_specification_example():
    """The example of the specification gives the signature that stands there."""
    headers = signed_headers([SECRET], ID, NOW, BODY)
    assert headers == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_genuine():
    """A receiver believes the headers with the right secret, among several signatures too."""
    headers = signed_headers([SECRET], ID, NOW, BODY)
    assert is_genuine(SECRET, headers, BODY, NOW)
    headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]
    assert is_genuine(SECRET, headers, BODY, NOW)


def test_two_secrets():
    """While a secret is replaced, who knows the new one and who knows the old one both believe a call, and nobody else."""
    former = new_secret()
    headers = signed_headers([SECRET, former], ID, NOW, BODY)
    assert headers["webhook-signature"].split()[0] == signed_headers([SECRET], ID, NOW, BODY)["webhook-signature"]
    assert is_genuine(SECRET, headers, BODY, NOW)
    assert is_genuine(former, headers, BODY, NOW)
    assert not is_genuine(new_secret(), headers, BODY, NOW)


def test_not_genuine():
    """A receiver disbelieves another body, another secret, an old call, and missing headers."""
    headers = signed_headers([SECRET], ID, NOW, BODY)
    assert not is_genuine(SECRET, headers, BODY + b" ", NOW)
    assert not is_genuine(new_secret(), headers, BODY, NOW)
    assert not is_genuine(SECRET, headers, BODY, NOW + timedelta(minutes=6))
    assert not is_genuine(SECRET, {}, BODY, NOW)
    assert not is_genuine(SECRET, headers | {"webhook-timestamp": "x"}, BODY, NOW)


def test_new_secret():
    """A new secret is whsec_ and 256 random bits."""
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32


def test_no_secret():
    """What is no base64 is no secret."""
    with pytest.raises(ValueError, match="secret"):
        signed_headers(["whsec_!!"], ID, NOW, BODY)
