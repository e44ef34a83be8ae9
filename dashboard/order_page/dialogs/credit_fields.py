"""The fields of a credit note's dialog: what is given back, and why; what cannot be is refused with the limit."""

import re
from enum import StrEnum

import streamlit as st

from dashboard.inputs import parse_amount
from dashboard.markdown import escape_markdown
from dashboard.order_page.dialogs.form import Fields, Opened
from db.domain import formats
from db.domain.credit import CreditableLine, CreditRequest
from db.domain.errors import InvalidInputError
from db.queries.order_rows import OrderPage

SCOPE, LINE, AMOUNT, REASON, WORDS = "scope", "line", "amount", "reason", "words"
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
#: The articles of a long invoice scroll by themselves, so that the button stays near.
_SCROLLS_BEYOND, _SCROLL_HEIGHT = 6, 300

OTHER_REASON = "Autre motif"
REASONS = (
    "Retour d’articles",
    "Article manquant ou abîmé",
    "Erreur de prix",
    "Erreur sur la facture",
    "Geste commercial",
    "Commande annulée",
    OTHER_REASON,
)


class Scope(StrEnum):
    """What a credit note gives back."""

    WHOLE = "Tout ce qui reste"
    ARTICLES = "Des articles"
    AMOUNT = "Un montant"
    SHIPPING = "Les frais de port"


def credit_fields(page: OrderPage) -> Fields:
    """Return the fields and what they open with: everything, for no reason yet."""
    # An invoice has the order's articles, then its shipping.
    units = {_units(position): "0" for position in range(1, len(page.lines) + 1)}
    return {SCOPE: Scope.WHOLE, LINE: 1, AMOUNT: "", REASON: None, WORDS: ""} | units


def show_scope(opened: Opened, left: list[CreditableLine], currency: str) -> None:
    """Draw what is given back."""
    has_shipping = any(each.line.is_shipping and each.gross_cents for each in left)
    scope = st.segmented_control(
        "Que porter en avoir\u00a0?",
        [each for each in Scope if has_shipping or each is not Scope.SHIPPING],
        key=opened.key(SCOPE),
        format_func=lambda each: each.value,
        required=True,
    )
    if scope is Scope.ARTICLES:
        _show_articles(opened, left, currency)
    else:
        opened.keep(*(_units(each.line.position) for each in left if not each.line.is_shipping))
    if scope is Scope.AMOUNT:
        _show_amount(opened, left, currency)
    else:
        opened.keep(LINE, AMOUNT)


def show_reason(opened: Opened, *, is_printed: bool = True) -> None:
    """Draw why: in the words that the credit note will bear, where there is one."""
    first, second = st.columns(2)
    first.selectbox("Motif", REASONS, key=opened.key(REASON), index=None, placeholder="Choisissez un motif")
    second.text_input("Précision", key=opened.key(WORDS), autocomplete="off", max_chars=200)
    printed = "Le motif et sa précision sont imprimés sur l’avoir\u00a0: le client les lit."
    st.caption(printed if is_printed else "Le motif et sa précision sont gardés dans l’historique de la commande.")


def request_of(opened: Opened, left: list[CreditableLine]) -> CreditRequest:
    """Return what is asked for.

    Raises:
        InvalidInputError: Something else than a quantity or an amount was typed.
    """
    scope = opened.value(SCOPE)
    if scope is Scope.ARTICLES:
        articles = [each for each in left if not each.line.is_shipping]
        return CreditRequest(units={each.line.position: _typed_units(opened, each) for each in articles})
    if scope is Scope.AMOUNT:
        amount = opened.text(AMOUNT).strip()
        return CreditRequest(amounts={opened.value(LINE): parse_amount(amount) if amount else 0})
    if scope is Scope.SHIPPING:
        return CreditRequest(amounts={each.line.position: each.gross_cents for each in left if each.line.is_shipping})
    return CreditRequest(whole=True)


def reason_of(opened: Opened) -> str:
    """Return why, in the words that are printed.

    Raises:
        InvalidInputError: No reason is given.
    """
    reason, words = st.session_state.get(opened.key(REASON)), opened.text(WORDS).strip()
    if not reason:
        raise InvalidInputError("Choisissez le motif.")
    if reason == OTHER_REASON and not words:
        raise InvalidInputError("Précisez le motif.")
    parts = [words] if reason == OTHER_REASON else [reason, words]
    return "\u00a0: ".join(part for part in parts if part)


def _show_articles(opened: Opened, left: list[CreditableLine], currency: str) -> None:
    articles = [each for each in left if not each.line.is_shipping]
    with st.container(gap="xxsmall", height=_SCROLL_HEIGHT if len(articles) > _SCROLLS_BEYOND else "content"):
        for each in articles:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(_article_words(each, currency), width="stretch")
                st.text_input(
                    f"{each.line.name}\u00a0: quantité à porter en avoir",
                    key=opened.key(_units(each.line.position)),
                    label_visibility="collapsed",
                    autocomplete="off",
                    disabled=not each.units,
                    width=80,
                )


def _show_amount(opened: Opened, left: list[CreditableLine], currency: str) -> None:
    by_position = {each.line.position: each for each in left if each.gross_cents}
    if opened.value(LINE) not in by_position:
        st.session_state[opened.key(LINE)] = next(iter(by_position), None)
    first, second = st.columns([2, 1])
    first.selectbox(
        "Sur",
        list(by_position),
        key=opened.key(LINE),
        format_func=lambda position: _amount_words(by_position[position], currency),
    )
    second.text_input(f"Montant TTC ({formats.symbol(currency)})", key=opened.key(AMOUNT), autocomplete="off")


def _article_words(each: CreditableLine, currency: str) -> str:
    """Return « Thé vert bio · THE-1 · il reste 2 sur 3, 25,00 € »."""
    line = each.line
    counted = f"il reste {formats.integer(each.units)} sur {formats.integer(line.quantity)}"
    details = [line.reference, *map(str, line.attributes.values()), counted, formats.money(each.gross_cents, currency)]
    return f"{escape_markdown(line.name)} :small[{escape_markdown(' · '.join(part for part in details if part))}]"


def _amount_words(each: CreditableLine, currency: str) -> str:
    return f"{each.line.name} · il reste {formats.money(each.gross_cents, currency)}"


def _typed_units(opened: Opened, each: CreditableLine) -> int:
    text = "".join(opened.text(_units(each.line.position)).split())
    if text and not _WHOLE_NUMBER.fullmatch(text):
        limit = formats.integer(each.units)
        raise InvalidInputError(
            f"«\u00a0{text}\u00a0» n’est pas une quantité de {each.line.name}. Saisissez un nombre entier de 0 à "
            f"{limit}."
        )
    return int(text or 0)


def _units(position: int) -> str:
    return f"units_{position}"
