"""Mail to the hub's operators, through the relay of their own network.

Plain SMTP of the standard library in a thread: messages are rare and short, and nothing waits for them. What cannot be
sent is logged and forgotten; whoever must not miss it watches the metrics.
"""

from adapters.mail.smtp import SmtpMessenger

__all__ = ["SmtpMessenger"]
