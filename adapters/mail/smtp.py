"""Sends one message by SMTP."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import structlog

from hub.settings import MailSettings

_log = structlog.get_logger("adapters.mail")


class SmtpMessenger:
    """Tells the configured recipients something."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def tell(self, subject: str, text: str) -> None:
        """Send a message; what fails is logged (`mail-failed`)."""
        message = EmailMessage()
        message["From"] = self._settings.sender
        message["To"] = ", ".join(self._settings.recipients)
        message["Subject"] = subject
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain="axis-hub")
        message.set_content(text)
        try:
            await asyncio.to_thread(self._send, message)
        except (OSError, smtplib.SMTPException) as error:
            _log.warning("mail-failed", subject=subject, why=str(error))
        else:
            _log.info("mail-sent", subject=subject, recipients=len(self._settings.recipients))

    def _send(self, message: EmailMessage) -> None:
        settings = self._settings
        with smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout) as server:
            server.send_message(message)
