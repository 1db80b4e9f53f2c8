"""What the logs never say."""

import io
import json

import structlog

from adapters.http.logs import configure_logs, keep_secrets
from hub import keys


def test_secret_names():
    """Values under secret names are blanked."""
    assert keep_secrets(None, "info", {"password": "x", "size": 1}) == {"password": "***", "size": 1}


def test_keys_in_text():
    """The secret part of an API key is blanked wherever it appears; the key id stays."""
    key = keys.make()
    kept = keep_secrets(None, "info", {"detail": f"Bearer {key.text}!"})
    assert kept == {"detail": f"Bearer axk_{key.key_id}_***!"}


def test_one_line_per_event():
    """Line ends in a value cannot make a second line."""
    stream = io.StringIO()
    old = structlog.get_config()
    try:
        configure_logs("info", stream)
        structlog.get_logger().info("event", value='a\r\n{"event": "forged"}\u2028\x00')
    finally:
        structlog.configure(**old)
    lines = stream.getvalue().splitlines()
    assert [json.loads(line)["event"] for line in stream.getvalue().strip().split("\n")] == ["event"]
    assert len(lines) == 1
