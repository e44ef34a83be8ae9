"""Any SMTP server, spoken to command by command so that it is known whether an e-mail was perhaps taken."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from db.domain.time import utc_now
from db.emails.types import AttachmentRef, OutgoingEmail
from jobs.mail.attachments import ReadFile, media_type_of
from jobs.mail.senders import TIMEOUT_S, AnswerLostError, RefusedError, SendingError, TryLaterError, one_line

_TOO_MANY = 421
#: Encoded so that every server and relay takes it.
_POLICY = SMTP.clone(cte_type="7bit")


class Smtp:
    """Hands e-mails to the server at ``SMTP_URL``, each over a connection of its own."""

    name = "SMTP"

    def __init__(self, url: str, read_file: ReadFile, *, timeout_s: float = TIMEOUT_S) -> None:
        parsed = urlsplit(url)
        self._is_tls = parsed.scheme == "smtps"
        self._host = parsed.hostname or ""
        self._port = parsed.port or (465 if self._is_tls else 587)
        self._user, self._password = unquote(parsed.username or ""), unquote(parsed.password or "")
        self._read_file = read_file
        self._timeout_s = timeout_s

    def send(self, email: OutgoingEmail) -> str:
        """Hand an e-mail over; return its Message-ID, which the server's log shows."""
        message = self._message(email)
        with self._connection() as server:
            try:
                _check(*server.mail(email.content.from_email))
                _check(*server.rcpt(email.recipient))
            except (OSError, smtplib.SMTPException) as error:
                raise TryLaterError(f"Le serveur SMTP a coupé court ({error})") from None
            try:
                answer = server.data(message)
            except smtplib.SMTPDataError as error:  # It did not want to hear the text.
                answer = (error.smtp_code, _bytes(error.smtp_error))
            except (OSError, smtplib.SMTPException) as error:
                raise AnswerLostError(f"Le serveur SMTP n’a pas répondu ({type(error).__name__})") from None
            _check(*answer)
        return email.message_id

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """Open a connection, encrypted where it can be, and signed in where we have a name."""
        server: smtplib.SMTP | None = None
        try:
            server = self._opened()
        except (OSError, smtplib.SMTPException) as error:
            raise TryLaterError(f"Le serveur SMTP est injoignable ou nous refuse ({error})") from None
        try:
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _opened(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            server.ehlo_or_helo_if_needed()
            # A password never travels in clear: with one, a server without STARTTLS is an error.
            if not self._is_tls and (self._user or server.has_extn("starttls")):
                server.starttls(context=context)
                server.ehlo()
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, email: OutgoingEmail) -> bytes:
        """Return the e-mail as it travels."""
        content = email.content
        message = EmailMessage(policy=_POLICY)
        try:
            message["From"] = _address(content.from_email, content.from_name)
            message["To"] = _address(email.recipient, email.recipient_name)
            if content.reply_to:
                message["Reply-To"] = _address(content.reply_to, content.from_name)
        except (ValueError, IndexError, MessageError):  # IndexError: a fault of the parser's on odd addresses.
            raise RefusedError("L’adresse e-mail est inutilisable. Corrigez-la.") from None
        message["Subject"] = one_line(content.subject)
        message["Message-ID"] = email.message_id
        message["Date"] = format_datetime(utc_now())
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(content.text)
        message.add_alternative(content.html, subtype="html")
        for attachment in sorted(email.attachments, key=lambda each: not each.content_id):
            self._add(message, attachment)
        return message.as_bytes()

    def _add(self, message: EmailMessage, attachment: AttachmentRef) -> None:
        """Attach a file; one that the text shows goes with the HTML, before what stands below it."""
        read = self._read_file(attachment)
        maintype, _, subtype = media_type_of(attachment.name).partition("/")
        if attachment.content_id and (html := message.get_body(("html",))):
            html.add_related(
                read,
                maintype=maintype,
                subtype=subtype,
                cid=f"<{attachment.content_id}>",
                filename=attachment.name,
                disposition="inline",
            )
        else:
            message.add_attachment(read, maintype=maintype, subtype=subtype, filename=attachment.name)


def _address(email: str, name: str) -> Address:
    # An address beyond ASCII would need a server, and servers after it, that speak SMTPUTF8.
    if not email.isascii() or "@" not in email:
        raise ValueError(email)
    return Address(one_line(name), addr_spec=email)


def _check(code: int, said: bytes) -> None:
    if code // 100 != 2:
        raise _error_of(code, said)


def _error_of(code: int, said: bytes) -> SendingError:
    words = f"SMTP\u00a0: {said.decode(errors='replace')} ({code})"
    return TryLaterError(words, is_too_fast=code == _TOO_MANY) if code // 100 == 4 else RefusedError(words)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
