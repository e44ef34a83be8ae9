"""The text of SMS: what staff made of it, else the default, filled in and made to fit into one.

Where it does not fit, long names are cut; where that is not enough, links go first, which the e-mail has too.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate
from db.domain.orders import OrderStatus
from db.domain.sms import gsm_text, sms_size
from db.emails.context import Occasion, variables
from db.emails.environment import faults_of, fill
from db.emails.example import EXAMPLE
from db.emails.markup import BLOCK_START, plain_lines
from db.emails.rendering import usual_extra
from db.emails.types import Rendered, RenderingError
from db.emails.variables import VARIABLES, Kind
from db.models import OutboxMessage, SmsText
from db.queries.marketplace import MarketplaceRow, marketplace
from db.queries.order_details import order_details
from db.queries.sms import opted_out
from db.queries.statuses import default_look, status_settings

#: Why nothing leaves to a number that is listed in Réglages › SMS.
NO_MORE = "Ce numéro ne veut plus recevoir de SMS."
#: Beyond, a text is refused: each SMS is paid.
MAX_PARTS = 3

DEFAULT_TEXTS: Mapping[EmailTemplate, str] = MappingProxyType(
    {
        EmailTemplate.SELLER_NEW_ORDER: (
            "{{ marketplace }} : nouvelle commande {{ numero }}, {{ nombre_articles }}, {{ total }}."
            "\n{{ lien_vendeur }}"
        ),
        EmailTemplate.ORDER_READY: (
            # No « prête »: the letters of SMS have no « ê ».
            "{{ marketplace }} : votre commande {{ numero }}"
            "{% if a_retirer %} vous attend{% if point_retrait %} : {{ point_retrait }}{% endif %}."
            "{% else %} est préparée.{% endif %}"
            "{% if code_retrait %} Code : {{ code_retrait }}.{% endif %}"
            "\n{{ lien_suivi }}"
        ),
    }
)
_LINKS = frozenset(variable.name for variable in VARIABLES.values() if variable.kind is Kind.LINK)
#: What may lose its end without becoming wrong, unlike a number, a code or an amount.
_MAY_BE_CUT = frozenset(
    {
        "marketplace",
        "client",
        "vendeur",
        "point_retrait",
        "horaires",
        "adresse_livraison",
        "adresse_facturation",
        "transporteur",
        "message",
    }
)
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
#: How many characters of each are kept, try by try.
_CUTS = (60, 40, 30, 24, 18)


def current_sms_texts(session: Session, templates: Collection[EmailTemplate]) -> Mapping[EmailTemplate, str]:
    """Return the text that counts now of each SMS."""
    found = session.execute(sa.select(SmsText.template, SmsText.text).where(SmsText.template.in_(templates)))
    changed = {row.template: row.text for row in found}
    return {template: changed.get(template) or DEFAULT_TEXTS.get(template, "") for template in templates}


def render_texts(
    session: Session,
    rows: Sequence[OutboxMessage],
    now: dt.datetime,  # noqa: ARG001  as e-mails are rendered
) -> dict[int, Rendered | RenderingError]:
    """Return each row's SMS by the row's id, or the refusal that says why there is none."""
    market, looks = marketplace(session), status_settings(session)
    orders = order_details(session, sorted({row.order_id for row in rows if row.order_id}))
    texts = current_sms_texts(session, sorted({row.template for row in rows}))
    silent = opted_out(session, [row.recipient for row in rows])
    made: dict[int, Rendered | RenderingError] = {}
    for row in rows:
        extra = row.variables if isinstance(row.variables, dict) else {}
        order = orders.get(row.order_id or 0, EXAMPLE)
        occasion = Occasion(row.template, row.recipient_kind, order, market, looks, extra)
        if row.recipient in silent:
            made[row.id] = RenderingError(NO_MORE)
        else:
            made[row.id] = _rendered_or_error(occasion, texts[row.template])
    return made


def preview_text(
    session: Session,
    template: EmailTemplate,
    order_id: int | None,
    *,
    text: str | None = None,
    variables: Mapping[str, object] | None = None,
) -> str:
    """Return the SMS an order would send now, as it would be sent.

    Args:
        session: An open session.
        template: Which SMS.
        order_id: The order; None, or an unknown one, for an order that never was.
        text: Instead of the saved text.
        variables: What its cause would write beside the order; None for the status the template tells.

    Raises:
        RenderingError: The text cannot be used; the sentence says why.
    """
    order = order_details(session, [order_id]).get(order_id) if order_id else None
    extra = dict(variables) if variables is not None else usual_extra(template, order)
    source = current_sms_texts(session, [template])[template] if text is None else text
    looks = status_settings(session)
    occasion = Occasion(template, template.recipient_kind, order or EXAMPLE, marketplace(session), looks, extra)
    return _fitted(occasion, source)


def check_text(template: EmailTemplate, text: str) -> list[str]:
    """Return what keeps a text from being saved, as French sentences; nothing where it is fine."""
    if not text.strip():
        return ["Un SMS a besoin d’un texte."]
    found = faults_of(text)
    if found:
        return found
    looks = {status: default_look(status) for status in OrderStatus}
    extra = usual_extra(template, None)
    market = MarketplaceRow("Marketplace")
    occasion = Occasion(template, template.recipient_kind, EXAMPLE, market, looks, extra)
    try:
        _fitted(occasion, text)
    except RenderingError as error:
        return [str(error)]
    return []


def sms_variables() -> dict[str, str]:
    """Return the variables a text may hold, and what each is worth in words."""
    return {name: each.meaning for name, each in VARIABLES.items() if each.kind in {Kind.TEXT, Kind.LINK}}


def _rendered_or_error(occasion: Occasion, source: str) -> Rendered | RenderingError:
    try:
        text = _fitted(occasion, source)
    except RenderingError as error:
        return error
    return Rendered(subject="", html="", text=text, from_email="", from_name=occasion.market.name, reply_to="")


def _fitted(occasion: Occasion, source: str) -> str:
    """Return the text in one SMS where that can be, whole in several where it cannot."""
    known = variables(occasion)
    whole = _filled(source, known)
    if not whole:
        raise RenderingError("Le texte de ce SMS est vide. Complétez-le dans Réglages › SMS.")
    for text in (whole, *_shorter(source, known)):
        if sms_size(text).parts == 1:
            return text
    if sms_size(whole).parts > MAX_PARTS:
        raise RenderingError(f"Ce SMS prendrait plus de {MAX_PARTS} messages. Raccourcissez-le dans Réglages › SMS.")
    return whole


def _shorter(source: str, known: Mapping[str, object]) -> Iterator[str]:
    """Yield the text in fewer and fewer words: first with its links, then without."""
    for links in (known, {name: "" if name in _LINKS else value for name, value in known.items()}):
        for most in (None, *_CUTS):
            yield _filled(
                source, {name: _cut(value, most) if name in _MAY_BE_CUT else value for name, value in links.items()}
            )


def _cut(value: object, most: int | None) -> object:
    text = str(value)
    return value if most is None or len(text) <= most else f"{text[: most - 1].rstrip(' ,;:-')}."


def _filled(source: str, known: Mapping[str, object]) -> str:
    """Return a text with its variables, in the letters of a telephone; what stood in lines is parted by commas."""
    flat = {name: ", ".join(value.splitlines()) if isinstance(value, str) else value for name, value in known.items()}
    filled = fill(source, flat)
    if BLOCK_START in filled:
        raise RenderingError("Les tableaux et les boutons n’ont pas leur place dans un SMS.")
    lines = (" ".join(line.split()) for line in gsm_text(plain_lines(filled)).split("\n"))
    # A name that was cut, or that ends with a full stop, brings its own to the end of a sentence.
    return _TWO_STOPS.sub(".", "\n".join(line for line in lines if line))
