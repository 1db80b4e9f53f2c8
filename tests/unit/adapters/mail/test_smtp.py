"""Mail, handed to a real SMTP conversation on this machine."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.policy import default

import pytest
import structlog

from adapters.mail import SmtpMessenger
from hub.settings import MailSettings


class Relay:
    """The little of RFC 5321 that a client needs; keeps what was sent."""

    def __init__(self):
        self.recipients, self.messages = [], []
        self.refusal = None

    async def serve(self, reader, writer):
        await self.say(writer, "220 relay")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":")[0].upper()
            if verb == "DATA":
                await self.say(writer, "354 go on")
                self.messages.append(await reader.readuntil(b"\r\n.\r\n"))
            elif verb == "RCPT TO":
                self.recipients.append(line.partition(":")[2])
            if verb == "RCPT TO" and self.refusal:
                await self.say(writer, self.refusal)
            else:
                await self.say(writer, "221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                break
        writer.close()

    async def say(self, writer, line):
        writer.write(f"{line}\r\n".encode())
        await writer.drain()


@pytest.fixture
async def relay():
    """An SMTP server of this test, with its `port`."""
    made = Relay()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


def messenger(port):
    return SmtpMessenger(
        MailSettings(host="127.0.0.1", port=port, recipients=("a@example.vn", "b@example.vn"), timeout=5)
    )


async def test_a_message_arrives_whole(relay):
    """Subject and text arrive at every recipient, Vietnamese as it was written."""
    with structlog.testing.capture_logs() as lines:
        await messenger(relay.port).tell("Chứng thư số sắp hết hạn", "Sở Mẫu: còn 7 ngày\n")
    assert [line["event"] for line in lines] == ["mail-sent"]
    assert relay.recipients == ["<a@example.vn>", "<b@example.vn>"]
    message = message_from_bytes(relay.messages[0].removesuffix(b"\r\n.\r\n"), policy=default)
    assert message["Subject"] == "Chứng thư số sắp hết hạn"
    assert message.get_content().replace("\r\n", "\n").strip() == "Sở Mẫu: còn 7 ngày"


async def test_trouble_is_logged_and_raises_nothing(relay):
    """A relay that refuses, and one that is not there, are lines in the log."""
    relay.refusal = "550 no such user"
    with structlog.testing.capture_logs() as lines:
        await messenger(relay.port).tell("x", "y")
        await messenger(1).tell("x", "y")
    assert [line["event"] for line in lines] == ["mail-failed", "mail-failed"]
