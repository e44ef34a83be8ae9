"""What hangs on a customer, as lines of small tables: data here, drawn by ``list.html``."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from dashboard.badges import OUTBOX_BADGES, RETURN_BADGES, VOUCHER_BADGES, Badge
from dashboard.links import order_url
from dashboard.mail.state import MailboxState, to_query
from dashboard.navigation import MAILBOX, VOUCHERS
from dashboard.returns.links import return_url
from dashboard.vouchers.state import voucher_params
from dashboard.web.files import view_url
from db.domain import formats
from db.domain.mail import Channel, EmailTemplate
from db.domain.mailbox import MailTab
from db.domain.time import local_day
from db.domain.vouchers import VoucherFacts
from db.queries.customer_rows import CustomerDocument, CustomerReturn, PointsRow
from db.queries.mailbox import MailRow


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line: what it is and where it leads, when, in a few words, how it stands, how much."""

    name: str
    date: str
    words: str = ""
    amount: str = ""
    badge: Badge | None = None
    url: str = ""
    #: The link leads to a page of ours, not to a file.
    is_page: bool = True
    #: It counts no more.
    is_quiet: bool = False


def return_row(request: CustomerReturn) -> ListRow:
    """Return a return request in words."""
    what = ", ".join(f"{formats.integer(quantity)} × {name}" for name, quantity in request.lines)
    return ListRow(
        name=f"Retour n°\u00a0{request.id}",
        date=formats.date(local_day(request.requested_at)),
        words=" · ".join(part for part in (f"commande {formats.short_number(request.order_number)}", what) if part),
        badge=RETURN_BADGES[request.status],
        url=return_url(request.id),
    )


def document_row(document: CustomerDocument) -> ListRow:
    """Return an invoice or a credit note in words; its number opens the PDF."""
    return ListRow(
        name=document.number,
        date=formats.date(document.issued_on),
        words=document.kind.label if document.is_ready else f"{document.kind.label} · PDF en préparation",
        amount=formats.money(document.gross_cents, document.currency),
        url=view_url(document.file_id) if document.is_ready else "",
        is_page=False,
    )


def voucher_row(voucher: VoucherFacts, today: dt.date) -> ListRow:
    """Return a voucher in words: what is left of it, until when, and how it stands."""
    state = voucher.state(today)
    return ListRow(
        name=voucher.code,
        date=f"jusqu’au {formats.date(voucher.expires_on)}",
        words=f"sur {formats.money(voucher.amount_cents, voucher.currency)}",
        badge=VOUCHER_BADGES[state],
        url=f"/{VOUCHERS.url_path}?{urlencode(voucher_params(voucher.id))}",
        amount=formats.money(voucher.rest_cents if state.is_live else 0, voucher.currency),
        is_quiet=not state.is_live,
    )


def mail_row(mail: MailRow, now: dt.datetime) -> ListRow:
    """Return an e-mail or SMS that the customer got, or is about to get; its name opens it."""
    title = mail.subject if mail.template is EmailTemplate.MESSAGE and mail.subject else mail.template.label
    chosen = to_query(MailboxState(tab=MailTab.ALL, chosen=mail.id))
    return ListRow(
        name=f"SMS · {title}" if mail.channel is Channel.SMS else title,
        date=formats.short_instant(mail.sent_at or mail.created_at, now),
        words=f"commande {formats.short_number(mail.order_number)}" if mail.order_number else "",
        badge=OUTBOX_BADGES[mail.state],
        url=f"/{MAILBOX.url_path}?{urlencode(chosen)}",
    )


@dataclass(frozen=True, slots=True)
class MovedRow:
    """Points that came or went: how many and why, of which order, who did it and when."""

    amount: str
    name: str
    note: str
    who: str
    #: The order's number, and its page.
    words: str = ""
    url: str = ""


def points_row(moved: PointsRow, now: dt.datetime) -> MovedRow:
    """Return points that came or went, in words."""
    number = moved.order_number
    when = formats.short_instant(moved.at, now)
    return MovedRow(
        amount=f"{'+' if moved.points > 0 else ''}{formats.integer(moved.points)}",
        name=moved.kind.label,
        note=moved.note,
        who=f"{moved.actor_name} · {when}" if moved.actor_name else when,
        words=formats.short_number(number) if number else "",
        url=order_url(number) if number else "",
    )
