"""Beside a return: the law's days, who sends it back, the slip to put into the parcel, what was given back."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customers.links import customer_url
from dashboard.files.state import await_file
from dashboard.flash import telling_refusals
from dashboard.links import order_url
from dashboard.navigation import RETURN_SETTINGS
from dashboard.order_page.drawing import draw
from dashboard.order_page.facts import Fact, mail_link
from dashboard.order_page.history_words import REFUND_STATES
from dashboard.returns.deadlines import refund_badge, withdrawal_words
from db.domain import formats
from db.domain.actor import Actor
from db.domain.orders import PaymentMethod
from db.domain.permissions import Permission
from db.domain.return_slips import SLIP_STATUSES
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.return_detail import ReturnDetail
from db.queries.return_settlements import GivenPayment, ReturnSettlement
from db.services.return_slips import ask_for_slip


def show_deadlines(detail: ReturnDetail) -> None:
    """Draw until when the customer could change their mind, and until when the money is to be back."""
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Délais**")
        draw("facts.html", facts=deadline_facts(detail))


def deadline_facts(detail: ReturnDetail) -> list[Fact]:
    """Return the law's days of a return, each with what they mean."""
    received_on = detail.returnable.received_on
    facts = [Fact("Commande reçue", formats.date(received_on) if received_on else "date inconnue")]
    if detail.withdrawal:
        facts.append(Fact("Rétractation", withdrawal_words(detail.withdrawal)))
    in_time = "dans le délai" if detail.is_within_withdrawal else "après le délai de rétractation"
    facts.append(Fact("Demandé", f"{formats.date(local_day(detail.requested_at))}, {in_time}"))
    if detail.refund:
        day = formats.date(detail.refund.last_day)
        facts.append(Fact("À rembourser", f"avant la fin du {day}", badge=refund_badge(detail.refund)))
    for label, moment in (
        ("Décidé", detail.decided_at),
        ("Colis reçu", detail.received_at),
        ("Clos", detail.completed_at),
    ):
        if moment:
            facts.append(Fact(label, formats.instant(moment)))
    return facts


def show_given_back(detail: ReturnDetail, settlements: Sequence[ReturnSettlement]) -> None:
    """Draw what was given back for the return, each time; nothing where nothing was."""
    for settlement in settlements:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**Rendu** · :small[{formats.instant(settlement.settled_at)}]")
            draw("facts.html", facts=given_facts(settlement, detail.currency))


def given_facts(settlement: ReturnSettlement, currency: str) -> list[Fact]:
    """Return how a return was settled: the amounts, how they were given, why, by whom."""
    words = (
        ("Avoir", settlement.document_number),
        ("Motif", settlement.reason),
        ("Retenue", deduction_words(settlement, currency)),
        ("Par", settlement.person_name),
    )
    return [
        Fact("Total TTC", formats.money(settlement.total_cents, currency), is_strong=True),
        *(Fact(*payment_words(each, currency)) for each in settlement.payments),
        *([Fact("Dont port", formats.money(settlement.shipping_cents, currency))] if settlement.shipping_cents else []),
        *(Fact(label, text) for label, text in words if text),
    ]


def payment_words(payment: GivenPayment, currency: str) -> tuple[str, str]:
    """Return how a part is given and where it stands: « Carte bancaire », « 12,50 €, à faire »."""
    amount = formats.money(payment.amount_cents, currency)
    if payment.method is PaymentMethod.VOUCHER:
        return "En bon d’achat", amount
    return payment.method.label, f"{amount}, {REFUND_STATES[payment.state]}"


def deduction_words(settlement: ReturnSettlement, currency: str) -> str:
    """Return what is kept of the price and why: « 5,00 € : un livre corné »."""
    kept = formats.money(settlement.withheld_cents, currency) if settlement.withheld_cents else ""
    return "\u00a0: ".join(part for part in (kept, settlement.deduction_reason) if part)


def show_customer(viewer: Viewer, detail: ReturnDetail) -> None:
    """Draw who sends it back, and of which order; their own page is for who may read it."""
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Client**")
        draw("facts.html", facts=customer_facts(detail, opens_account=viewer.may(Permission.READ_CUSTOMERS)))


def customer_facts(detail: ReturnDetail, *, opens_account: bool) -> list[Fact]:
    """Return the customer, the order and the seller; ``opens_account`` has the name lead to the customer's page."""
    email, account = detail.customer_email.strip(), detail.customer_id
    url = customer_url(account) if account and opens_account else ""
    return [
        Fact("Nom", detail.customer_name.strip() or "non renseigné", href=url, is_page=True),
        *([Fact("E-mail", email, href=mail_link(email))] if email else []),
        Fact("Commande", detail.order_number, href=order_url(detail.order_number), is_page=True),
        Fact("Vendeur", detail.seller_name),
    ]


def show_slip(viewer: Viewer, detail: ReturnDetail) -> None:
    """Draw the slip and the instructions that go with it, while the parcel is awaited."""
    if detail.status not in SLIP_STATUSES:
        return
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="order_title_slip"):
            st.markdown("**Bon de retour**", width="content")
            st.space("stretch")
            if viewer.may(Permission.READ_DOCUMENTS):
                st.button(
                    "Préparer le PDF",
                    key="return_slip",
                    icon=":material/print:",
                    type="tertiary",
                    on_click=_ask_for_slip,
                    args=(viewer, detail.id),
                )
        _show_instructions(viewer, detail)


def _show_instructions(viewer: Viewer, detail: ReturnDetail) -> None:
    instructions = detail.returnable.rules.instructions
    if instructions:
        draw("said.html", text=instructions)
        return
    st.caption("Aucune instruction n’est réglée\u00a0: le client ne sait pas où envoyer le colis.")
    if viewer.may(Permission.MANAGE_SETTINGS):
        st.page_link(RETURN_SETTINGS.page(), label="Écrire les instructions", icon=":material/edit:")


@telling_refusals()
def _ask_for_slip(viewer: Viewer, return_id: int) -> None:
    with transaction() as session:
        file_id = ask_for_slip(session, Actor.person(viewer), return_id, utc_now())
    await_file(file_id)
