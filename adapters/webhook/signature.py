"""Standard Webhooks 1.0: the three headers that prove a call, and the secret behind them.

Source: github.com/standard-webhooks/standard-webhooks, spec version 1.0. The signed text is `id.timestamp.body`; the
signature is `v1,` and the base64 of its HMAC-SHA256; while a secret is replaced there are two, separated by a space. Secrets are
`whsec_` and the base64 of 24 to 64 random bytes.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_bytes

_PREFIX = "whsec_"
_SECRET_BYTES = 32
TOLERANCE = timedelta(
    minutes=5
)  #: how far the time of a call may lie from the receiver's clock (specification's advice)


def new_secret() -> str:
    """Return a new random secret of 256 bits."""
    return _PREFIX + base64.b64encode(token_bytes(_SECRET_BYTES)).decode("ascii")


def signed_headers(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove `body` to whoever knows one of `secrets`; raise `ValueError` when one is no secret."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(each, message_id, timestamp, body) for each in secrets),
    }


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Tell, as a receiver must, whether the headers prove this body and are not old."""
    try:
        message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        is_fresh = abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
        expected = _signature(secret, message_id, timestamp, body)
        offered = headers["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        return False
    return is_fresh and any(hmac.compare_digest(expected, each) for each in offered)


def _signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    text = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(_key(secret), text, "sha256")).decode("ascii")


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("The webhook secret is not whsec_ followed by base64.") from error
