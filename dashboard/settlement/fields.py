"""The fields of « Remboursement de produits », and what they ask for; what cannot be read is refused with its limit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import streamlit as st

from dashboard.inputs import parse_amount, parse_quantity
from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.credit_fields import REASON, REASONS, WORDS
from dashboard.order_page.dialogs.form import Fields, Opened
from dashboard.order_page.dialogs.letters import EXAMPLE, MUTED
from db.domain import formats
from db.domain.iban import iban_number
from db.domain.order_facts import LineFacts, OrderFacts
from db.domain.settlement import MAX_REASON, LineBack, Settled, SettlementRequest, limits
from db.queries.order_rows import LineRow, OrderPage

RESTOCKS, KEPT_OUT = "restocks", "kept_out"
SHIPPING, SHIPPING_AMOUNT = "shipping", "shipping_amount"
GESTURE, OVERPAID = "gesture", "overpaid"
CREDIT_NOTE, VOUCHER, VOUCHER_AMOUNT = "credit_note", "voucher", "voucher_amount"
DEDUCTION, IBAN = "deduction", "iban"
#: The articles of a long order scroll by themselves, so that the button stays near.
_SCROLLS_BEYOND, _SCROLL_HEIGHT = 5, 270
_QUANTITY_WIDTH, _AMOUNT_WIDTH = 76, 112
_OF_A_RETURN = REASONS[0]


def settlement_fields(page: OrderPage, action: Action) -> Fields:
    """Return the fields and what they open with: nothing yet, or what a return brought back."""
    came = dict(action.units_back)
    fields: dict[str, object] = {}
    for line in page.lines:
        back = min(came.get(line.id, 0), line.quantity_shipped - line.quantity_returned)
        fields |= {units_of(line.id): str(back), amount_of(line.id): ""}
    return fields | {
        RESTOCKS: True,
        KEPT_OUT: [line_id for line_id in action.unsaleable if line_id in {line.id for line in page.lines}],
        SHIPPING: False,
        SHIPPING_AMOUNT: "",
        GESTURE: "",
        OVERPAID: False,
        CREDIT_NOTE: True,
        VOUCHER: False,
        VOUCHER_AMOUNT: "",
        REASON: _OF_A_RETURN if action.return_id else None,
        WORDS: "",
        DEDUCTION: "",
        IBAN: "",
        MUTED: False,
        EXAMPLE: False,
    }


@dataclass(frozen=True, slots=True)
class Left:
    """What can still be given back of one article."""

    row: LineRow
    facts: LineFacts
    units: int
    cents: int
    #: Of these, what the return brought that is settled; all of them where no return is.
    units_back: int


def left_of(opened: Opened, order: OrderFacts) -> list[Left]:
    """Return the articles of which something can be given back, or was to be: what was typed is never dropped."""
    rows = {line.id: line for line in opened.page.lines}
    of_return = opened.action.return_id is not None
    came = dict(opened.action.units_back)
    return [
        Left(rows[facts.id], facts, units, cents, min(units, came.get(facts.id, 0)) if of_return else units)
        for facts in order.lines
        for units, cents in [limits(facts, of_return=of_return)]
        if facts.id in rows and ((cents and (units or not of_return)) or _is_asked(opened, facts.id))
    ]


def _is_asked(opened: Opened, line_id: int) -> bool:
    return bool(opened.text(units_of(line_id)).strip(" 0") or opened.text(amount_of(line_id)).strip())


def request_of(opened: Opened, order: OrderFacts, left: Iterable[Left]) -> SettlementRequest:
    """Return what the fields ask for, but for the reason.

    Raises:
        InvalidInputError: Something else than a quantity, an amount or an IBAN was typed.
    """
    kept_out = set(opened.value(KEPT_OUT) or ()) if opened.value(RESTOCKS) else None
    shipping = 0
    if opened.value(SHIPPING):
        typed = _amount(opened, SHIPPING_AMOUNT)
        shipping = order.shipping_claim_cents if typed is None else typed
    return SettlementRequest(
        lines=dict(_lines(opened, left, kept_out)),
        shipping_cents=shipping,
        gesture_cents=_amount(opened, GESTURE) or 0,
        overpaid_cents=order.overpaid_cents if opened.value(OVERPAID) else 0,
        voucher_cents=_voucher(opened),
        has_credit_note=bool(opened.value(CREDIT_NOTE)),
        deduction_reason=opened.text(DEDUCTION),
        return_id=opened.action.return_id,
        iban=iban_number(opened.text(IBAN)),
    )


def _voucher(opened: Opened) -> int | None:
    """Return what is to be given as a voucher; None for all that goes back, where no amount was typed."""
    return _amount(opened, VOUCHER_AMOUNT) if opened.value(VOUCHER) else 0


def _lines(opened: Opened, left: Iterable[Left], kept_out: set[int] | None) -> Iterator[tuple[int, LineBack]]:
    for each in left:
        line = each.row
        units = parse_quantity(opened.text(units_of(line.id)), line.name)
        amount = _amount(opened, amount_of(line.id))
        if units or amount:
            yield line.id, LineBack(units, amount, restocks=kept_out is not None and line.id not in kept_out)


def _amount(opened: Opened, field: str) -> int | None:
    typed = opened.text(field).strip()
    return parse_amount(typed) if typed else None


def units_of(line_id: int) -> str:
    """Return the field of how many units of an article are given back."""
    return f"units_{line_id}"


def amount_of(line_id: int) -> str:
    """Return the field of what is given for them."""
    return f"amount_{line_id}"


# Drawing.


def show_articles(opened: Opened, left: list[Left], settled: Settled | None) -> None:
    """Draw a line for each article: how many, and for how much where that is not their price."""
    if not left:
        return
    prices = {each.line.id: each.price_cents for each in settled.lines} if settled else {}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Articles**", width="content")
        st.caption("Quantité, puis montant TTC\u00a0: laissez-le vide pour rendre le prix.", width="content")
        st.space("stretch")
        for label, part in (("Tout", 1), ("Rien", 0)):
            st.button(label, key=opened.key(f"take_{part}"), type="tertiary", on_click=_take, args=(opened, left, part))
    with st.container(gap="xxsmall", height=_SCROLL_HEIGHT if len(left) > _SCROLLS_BEYOND else "content"):
        for each in left:
            _show_article(opened, each, prices.get(each.row.id))


def _show_article(opened: Opened, left: Left, price_cents: int | None) -> None:
    line, currency = left.row, opened.page.header.currency
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=opened.key(f"line_{line.id}")):
        st.markdown(_article_words(left, currency), width="stretch")
        st.text_input(
            f"{line.name}\u00a0: quantité à rembourser",
            key=opened.key(units_of(line.id)),
            label_visibility="collapsed",
            autocomplete="off",
            disabled=not left.units and not _is_asked(opened, line.id),
            width=_QUANTITY_WIDTH,
        )
        st.text_input(
            f"{line.name}\u00a0: montant TTC",
            key=opened.key(amount_of(line.id)),
            label_visibility="collapsed",
            placeholder=formats.money(price_cents, currency) if price_cents else formats.symbol(currency),
            autocomplete="off",
            width=_AMOUNT_WIDTH,
        )


def _article_words(left: Left, currency: str) -> str:
    """Return « Thé vert bio · THE-1 · reste 2, 25,00 € »."""
    line = left.row
    money = formats.money(left.cents, currency)
    rest = f"reste {formats.integer(left.units)}, {money}" if left.units else f"reste {money} sans article"
    if left.units_back < left.units:
        rest += (
            f", dont {formats.integer(left.units_back)} dans ce retour" if left.units_back else ", hors de ce retour"
        )
    details = [part for part in (line.sku, *map(str, line.attributes.values()), rest) if part.strip()]
    return f"{escape_markdown(line.name)} :small[{escape_markdown(' · '.join(details))}]"


def _take(opened: Opened, left: list[Left], part: int) -> None:
    for each in left:
        st.session_state[opened.key(units_of(each.row.id))] = str(each.units_back * part)
        # What is left of an article without any unit of it: of a deduction.
        all_of_it = formats.amount(each.cents) if part and not each.units else ""
        st.session_state[opened.key(amount_of(each.row.id))] = all_of_it
    if opened.action.return_id is None:  # A return brings articles; whether the shipping goes with them is a choice.
        st.session_state[opened.key(SHIPPING)] = bool(part)
        st.session_state[opened.key(SHIPPING_AMOUNT)] = ""


def show_choices(opened: Opened, order: OrderFacts, no_credit_note: str, left: list[Left]) -> None:
    """Draw what is given back beside the articles, and what becomes of them; ``no_credit_note``: why there is none."""
    currency = order.currency
    _show_restocking(opened, left)
    _show_shipping(opened, order)
    # Where none is possible it stays as it was: what is chosen next may have one.
    is_impossible = bool(no_credit_note) and bool(opened.value(CREDIT_NOTE))
    why = no_credit_note if is_impossible else None
    st.toggle("Générer un avoir", key=opened.key(CREDIT_NOTE), disabled=is_impossible, help=why)
    if st.toggle("Générer un bon", key=opened.key(VOUCHER), help="Un bon d’achat à la place de l’argent"):
        st.text_input(
            f"Montant du bon ({formats.symbol(currency)})",
            key=opened.key(VOUCHER_AMOUNT),
            placeholder="Tout ce qui est rendu",
            autocomplete="off",
        )
    else:
        opened.keep(VOUCHER_AMOUNT)
    if order.overpaid_cents:
        overpaid = formats.money(order.overpaid_cents, currency)
        st.toggle(f"Rendre aussi le trop-perçu ({overpaid})", key=opened.key(OVERPAID))
    else:
        opened.keep(OVERPAID)
    st.text_input(
        f"Geste commercial ({formats.symbol(currency)})",
        key=opened.key(GESTURE),
        placeholder="0,00",
        autocomplete="off",
        help="Un montant réparti sur ce qui reste de la commande, sans reprendre d’article.",
    )


def _show_restocking(opened: Opened, left: list[Left]) -> None:
    names = {each.row.id: each.row.name for each in left}
    # What is not left any more is no choice: the field would refuse to be drawn.
    st.session_state[opened.key(KEPT_OUT)] = [line_id for line_id in opened.value(KEPT_OUT) if line_id in names]
    chosen = [line_id for line_id in names if _is_asked(opened, line_id)]
    is_choice = len(chosen) > 1 or bool(opened.value(KEPT_OUT))  # One alone goes back, or does not.
    if st.toggle("Re-stocker les produits", key=opened.key(RESTOCKS)) and is_choice:
        st.multiselect(
            "Sauf",
            list(names),
            key=opened.key(KEPT_OUT),
            format_func=lambda line_id: names[line_id],
            placeholder="Aucun\u00a0: tout revient en stock",
        )
    else:
        opened.keep(KEPT_OUT)


def _show_shipping(opened: Opened, order: OrderFacts) -> None:
    if not order.shipping_claim_cents:
        opened.keep(SHIPPING, SHIPPING_AMOUNT)
        return
    left = formats.money(order.shipping_claim_cents, order.currency)
    if st.toggle(f"Inclure les frais de port ({left})", key=opened.key(SHIPPING)):
        st.text_input(
            f"Frais de port rendus ({formats.symbol(order.currency)})",
            key=opened.key(SHIPPING_AMOUNT),
            placeholder=left,
            autocomplete="off",
        )
    else:
        opened.keep(SHIPPING_AMOUNT)


def show_deduction(opened: Opened, settled: Settled | None) -> None:
    """Draw why less than the price is given, where it is."""
    if settled is not None and settled.deducted_cents:
        less = formats.money(settled.deducted_cents, opened.page.header.currency)
        st.text_input(
            f"Pourquoi {less} de moins que le prix",
            key=opened.key(DEDUCTION),
            placeholder="Article abîmé, pièce manquante…",
            max_chars=MAX_REASON,
            autocomplete="off",
        )
        st.caption("Le client lit cette raison.")
    else:
        opened.keep(DEDUCTION)
