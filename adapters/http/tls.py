"""TLS of the hub's own: 1.2 and 1.3, forward secrecy and authenticated encryption only, client certificates on request.

The handshake checks that a client certificate was issued by one of `tls.client_ca` and is within its time; which system it
speaks for is the register's business (`auth`), by its SHA-256. Taking it from the register is what revokes it.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from hub.configuration import ConfigurationError
from hub.settings import TlsSettings

_CIPHERS_OF_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20"


def server_context(settings: TlsSettings, base_dir: Path) -> ssl.SSLContext:
    """Return the context of the listener; relative paths start at `base_dir`. Raises `ConfigurationError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS_OF_1_2)
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    try:
        context.load_cert_chain(base_dir / settings.certificate, base_dir / settings.key)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"tls.certificate, tls.key: {_words(error)}") from error
    _ask_for_certificates(context, settings, base_dir)
    return context


def _ask_for_certificates(context: ssl.SSLContext, settings: TlsSettings, base_dir: Path) -> None:
    is_required = settings.client_certificate == "required"
    if not settings.client_ca:
        if is_required:
            raise ConfigurationError("tls.client_certificate is required, but tls.client_ca names no authority")
        return
    for path in settings.client_ca:
        try:
            context.load_verify_locations(base_dir / path)
        except OSError as error:
            raise ConfigurationError(f"tls.client_ca {path}: {_words(error)}") from error
    context.verify_mode = ssl.CERT_REQUIRED if is_required else ssl.CERT_OPTIONAL


def _words(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
