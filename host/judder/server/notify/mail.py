"""Messages to people: plain e-mail through an SMTP server."""

from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Any

import aiosmtplib

from judder.errors import JudderError
from judder.server.notify.channel import DeliveryError, RefusedError, tls_context
from judder.server.notify.house import House
from judder.server.notify.message import Message
from judder.settings import Settings

TIMEOUT_S = 20.0
DOMAIN = "judder.invalid"
"""Of Message-IDs; RFC 2606 keeps it from ever being a real one."""


class Mail:
    name = "mail"

    def __init__(self, settings: Settings) -> None:
        self.target = settings.mail_to
        if not (settings.mail_to and settings.mail_from):
            raise JudderError(
                "smtp_host is set, but mail_from or mail_to is not.", hint="Say from whom and to whom."
            )
        self._from = settings.mail_from
        self._where: dict[str, Any] = {
            "hostname": settings.smtp_host,
            "port": settings.smtp_port,
            "username": settings.smtp_user or None,
            "password": settings.smtp_password or None,
            "use_tls": settings.smtp_security == "tls",
            "start_tls": settings.smtp_security == "starttls",
            "tls_context": None if settings.smtp_security == "none" else tls_context(settings),
            "timeout": TIMEOUT_S,
        }

    async def deliver(self, message: Message) -> None:
        try:
            await aiosmtplib.send(self._letter(message), **self._where)
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientsRefused) as error:
            kind = RefusedError if _is_final(error) else DeliveryError
            raise kind(f"The mail server refused the message: {error}.", hint="Is mail_to right?") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise DeliveryError(
                f"Mail cannot be sent through {self._where['hostname']}: {error}.",
                hint="Compare smtp_host, smtp_port, smtp_security and the login with the provider's.",
            ) from error

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = self._from, self.target
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(localtime())
        letter["Message-ID"] = f"<{message.key}@{DOMAIN}>"
        if message.fault is not None:  # mail programs show a fault's messages together
            letter["References"] = f"<fault-{message.fault}-{message.started_us}@{DOMAIN}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text + "\n")
        return letter

    async def run(self, house: House) -> None:
        """Mail needs no upkeep."""


def _is_final(error: aiosmtplib.SMTPDataError | aiosmtplib.SMTPRecipientsRefused) -> bool:
    """Return whether the server said 5xx, which SMTP means for ever (RFC 5321, 4.2.1)."""
    refused = error.recipients if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else [error]
    return all(each.code >= 500 for each in refused)
