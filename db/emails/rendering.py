"""Render e-mails: many at once for the worker, one for a preview, none at all for a check. One path for all three."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from db.domain.enclosures import enclosed_number, has_statement, shown_pictures
from db.domain.mail import (
    SELLER_ACCOUNT_TEMPLATES,
    STAFF_TEMPLATES,
    STATUS_TEMPLATES,
    EmailTemplate,
    RecipientKind,
)
from db.domain.orders import OrderStatus
from db.emails.blocks import blocks
from db.emails.context import Occasion, variables
from db.emails.environment import faults_of, fill
from db.emails.example import EXAMPLE, EXAMPLE_ENCLOSED, EXAMPLE_EXTRA, WITH_STATEMENT, example_pictures
from db.emails.footer import footer_lines
from db.emails.layout import Brand, Progress, styles, whole
from db.emails.markup import BLOCK_START, Fragment, lay_out, plain
from db.emails.texts import TemplateText, current_texts
from db.emails.types import Rendered, RenderingError
from db.models import OutboxMessage
from db.queries.marketplace import MarketplaceRow, marketplace
from db.queries.order_details import OrderDetails, order_details
from db.queries.statuses import StatusLook, default_look, status_settings
from db.settings import settings

MAX_SUBJECT = 200
_NO_NUMBER_YET = "F…"
_PREHEADER = 110
#: What an e-mail about no order is told with.
_NOBODY = replace(EXAMPLE, number="", customer_name="", customer_email="", seller_name="")


@dataclass(frozen=True, slots=True)
class Draft:
    """A text being edited, tried on an order before it is saved (``OutboxMessage.variables["draft"]``)."""

    subject: str
    body: str
    order_id: int | None


def render_batch(
    session: Session,
    rows: Sequence[OutboxMessage],
    now: dt.datetime,  # noqa: ARG001  what is rendered may come to depend on it
) -> dict[int, Rendered | RenderingError]:
    """Return each row's e-mail by the row's id, or the refusal that says why there is none.

    Nine statements whatever the number of rows; one row that cannot be rendered never stops the others.
    """
    drafts = {row.id: _draft_of(row) for row in rows}
    order_ids = {row.id: _order_id(row, drafts[row.id]) for row in rows}
    market, looks = marketplace(session), status_settings(session)
    orders = order_details(session, sorted({order_id for order_id in order_ids.values() if order_id}))
    texts = current_texts(session, sorted({row.template for row in rows}))
    made: dict[int, Rendered | RenderingError] = {}
    for row in rows:
        draft = drafts[row.id]
        order = orders.get(order_ids[row.id] or 0) or (EXAMPLE if draft else _account_of(row))
        text = TemplateText(draft.subject, draft.body) if draft else texts[row.template]
        extra = _extra_of(row, draft)
        enclosed = usual_enclosed(row.template, extra) if draft else enclosed_number(row.attachments)
        with_statement = row.template in WITH_STATEMENT if draft else has_statement(row.attachments)
        pictures = shown_pictures(row.attachments)
        occasion = Occasion(
            row.template, row.recipient_kind, order, market, looks, extra, enclosed, with_statement, pictures
        )
        made[row.id] = _rendered_or_error(occasion, text)
    return made


def preview(
    session: Session,
    template: EmailTemplate,
    order_id: int | None,
    *,
    subject: str | None = None,
    body: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Rendered:
    """Return the e-mail an order would send now, as it would be sent.

    Args:
        session: An open session.
        template: Which e-mail.
        order_id: The order; None, or an unknown one, for an order that never was.
        subject: Instead of the saved subject.
        body: Instead of the saved body.
        variables: What its cause would write beside the order; None for the status the template tells.

    Raises:
        RenderingError: The text cannot be used; the sentence says why.
    """
    found = order_details(session, [order_id]) if order_id else {}
    order = found.get(order_id or 0)
    saved = current_texts(session, [template])[template]
    text = TemplateText(saved.subject if subject is None else subject, saved.body if body is None else body)
    extra = dict(variables) if variables is not None else usual_extra(template, order)
    market, looks = marketplace(session), status_settings(session)
    return _render(_usual_occasion(template, order or EXAMPLE, market, looks, extra), text)


def check(template: EmailTemplate, subject: str, body: str) -> list[str]:
    """Return what keeps a text from being saved, as French sentences; nothing where it is fine."""
    if not subject.strip() or not body.strip():
        return ["Un e-mail a besoin d’un objet et d’un texte."]
    found = [f"Objet, {_uncapitalised(fault)}" for fault in faults_of(subject)]
    found += [f"Texte, {_uncapitalised(fault)}" for fault in faults_of(body)]
    return found or _faults_when_tried(template, TemplateText(subject, body))


def variables_of(session: Session, template: EmailTemplate, order_id: int | None) -> dict[str, object]:
    """Return the variables of a template on an order, for the list beside the editor."""
    found = order_details(session, [order_id]) if order_id else {}
    order = found.get(order_id or 0)
    extra = usual_extra(template, order)
    market, looks = marketplace(session), status_settings(session)
    return variables(_usual_occasion(template, order or EXAMPLE, market, looks, extra))


def sender_address(market: MarketplaceRow) -> str:
    """Return the address that e-mails come from."""
    return market.sender_email or market.email or f"ne-pas-repondre@{urlsplit(settings().public_url).hostname}"


def _draft_of(row: OutboxMessage) -> Draft | None:
    draft = row.variables.get("draft") if isinstance(row.variables, dict) else None
    return Draft(**draft) if isinstance(draft, dict) else None


def _extra_of(row: OutboxMessage, draft: Draft | None) -> dict[str, Any]:
    """Return what the cause wrote beside the text; a text that is tried on nobody's sales shows those of an example."""
    if draft and row.template in STAFF_TEMPLATES:
        return usual_extra(row.template, None)
    return row.variables if isinstance(row.variables, dict) else {}


def _order_id(row: OutboxMessage, draft: Draft | None) -> int | None:
    return draft.order_id if draft else row.order_id


def _account_of(row: OutboxMessage) -> OrderDetails:
    """Return whom an e-mail about no order is for; ``variables`` says nothing of the order that it is told with."""
    extra = row.variables if isinstance(row.variables, dict) else {}
    about = replace(_NOBODY, currency=extra.get("currency") or EXAMPLE.currency)
    if row.recipient_kind is RecipientKind.SELLER:
        return replace(about, seller_name=row.recipient_name)
    return replace(about, customer_name=row.recipient_name, customer_email=row.recipient)


def usual_extra(template: EmailTemplate, order: OrderDetails | None) -> dict[str, Any]:
    """Return what a preview shows beside the order: the status that the e-mail tells, examples for the rest."""
    told = next((status for status, usual in STATUS_TEMPLATES.items() if usual is template), None)
    extra: dict[str, Any] = {name: value for name, value in EXAMPLE_EXTRA.items() if order is None or name != "message"}
    if template in EXAMPLE_ENCLOSED:
        extra["document"] = EXAMPLE_ENCLOSED[template]
    return extra | ({"status": told.value} if told else {})


def usual_enclosed(template: EmailTemplate, extra: Mapping[str, Any]) -> str:
    """Return the number of the document that a preview shows as enclosed; what is still to be issued has none."""
    return str(extra.get("document") or _NO_NUMBER_YET) if template in EXAMPLE_ENCLOSED else ""


def _usual_occasion(
    template: EmailTemplate,
    about: OrderDetails,
    market: MarketplaceRow,
    looks: Mapping[OrderStatus, StatusLook],
    extra: Mapping[str, Any],
) -> Occasion:
    """Return what a preview shows: an e-mail with everything that usually goes with it."""
    if template in SELLER_ACCOUNT_TEMPLATES:
        about = replace(_NOBODY, currency=about.currency, seller_name=about.seller_name)
    if template in STAFF_TEMPLATES:
        about = replace(_NOBODY, customer_name=EXAMPLE.customer_name)
    enclosed = usual_enclosed(template, extra)
    pictures = example_pictures() if template is EmailTemplate.MANAGER_SUMMARY else {}
    return Occasion(
        template, template.recipient_kind, about, market, looks, extra, enclosed, template in WITH_STATEMENT, pictures
    )


def _rendered_or_error(occasion: Occasion, text: TemplateText) -> Rendered | RenderingError:
    try:
        return _render(occasion, text)
    except RenderingError as error:
        return error


def _render(occasion: Occasion, text: TemplateText) -> Rendered:
    market = occasion.market
    brand = Brand(market.name, market.brand_colour, market.logo_ref)
    known = variables(occasion)
    subject = plain(fill(text.subject, known))[:MAX_SUBJECT].strip()
    if not subject:
        raise RenderingError("L’objet de cet e-mail est vide. Complétez-le dans Réglages › Modèles d’e-mails.")
    body = lay_out(fill(text.body, known), blocks(occasion, brand), styles(brand))
    footer = footer_lines(market, occasion.recipient_kind)
    steps = _progress(occasion)
    html = whole(brand, subject=subject, preheader=_preheader(body), progress=steps, body=body.html, footer=footer)
    return Rendered(
        subject=subject,
        html=html,
        text=_whole_text(body, steps, footer),
        from_email=sender_address(market),
        from_name=market.name,
        reply_to=market.contact_email,
    )


def _progress(occasion: Occasion) -> Progress | None:
    """Return the head of a customer's e-mail about an order, also of our copy; sellers have their own page."""
    if occasion.template.recipient_kind is not RecipientKind.CUSTOMER or not occasion.is_about_an_order:
        return None
    return Progress(occasion.steps(), occasion.said_steps(), occasion.follow_up_url)


def _preheader(body: Fragment) -> str:
    """Return the words that mail programs show beside the subject; the greeting, which says nothing, is left out."""
    paragraphs = [line for line in body.text.split("\n\n") if line.strip()]
    words = " ".join(" ".join(paragraphs[1:] or paragraphs).split())
    return words if len(words) <= _PREHEADER else f"{words[: _PREHEADER - 1].rstrip()}…"


def _whole_text(body: Fragment, steps: Progress | None, footer: list[str]) -> str:
    head = f"{steps.said}\n{steps.address}\n\n" if steps else ""
    return f"{head}{body.text}\n\n-- \n" + "\n".join(footer) + "\n"


def _faults_when_tried(template: EmailTemplate, text: TemplateText) -> list[str]:
    """Return what only shows when the text meets an order."""
    looks: Mapping[OrderStatus, StatusLook] = {status: default_look(status) for status in OrderStatus}
    extra = usual_extra(template, None)
    occasion = _usual_occasion(template, EXAMPLE, MarketplaceRow("Marketplace"), looks, extra)
    found = []
    try:
        _render(occasion, text)
        if BLOCK_START in fill(text.subject, variables(occasion)):
            found.append("Objet, les blocs et les boutons n’y ont pas leur place\u00a0: une ligne de texte seulement.")
        if template is EmailTemplate.MESSAGE and "message" not in text.body:
            found.append("Texte, il manque {{ message }}\u00a0: ce que l’équipe a écrit ne serait pas envoyé.")
    except RenderingError as error:
        found.append(str(error))
    return found


def _uncapitalised(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
