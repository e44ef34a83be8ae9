"""A customer's rights over their data: hand it out, erase it, and what was done so far."""

import datetime as dt

import streamlit as st

from dashboard.customer_page.sections import card
from dashboard.files.state import await_file
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.permissions import Permission
from db.domain.privacy import KEPT_YEARS, count_words
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.customer_rows import Account, CustomerDetail, PrivacyRow
from db.queries.erasure import ErasurePlan, erasure_plan
from db.services.privacy import ask_for_data, erase_customer
from db.storage import storage

_ERASING = "customer_erasing"


def show_privacy(viewer: Viewer, customer: CustomerDetail, now: dt.datetime) -> None:
    """Draw what was done with the customer's data and, for administrators, what can be done."""
    may = viewer.may(Permission.HANDLE_PERSONAL_DATA)
    if not may and not customer.privacy:
        return
    with card("Données personnelles (RGPD)", "privacy"):
        for entry in customer.privacy:
            st.markdown(entry_words(entry, now))
        if not may:
            return
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Exporter les données",
                key="customer_export",
                icon=":material/download:",
                help="Un ZIP avec tout ce que nous savons de ce client (JSON), ses factures et avoirs (PDF) et ses "
                "photos. Il se conserve 7 jours dans Fichiers, et l’export est consigné.",
                on_click=_export,
                args=(viewer, customer.account.id),
            )
            if not customer.is_erased:
                st.button(
                    "Effacer les données…",
                    key="customer_erase",
                    icon=":material/person_off:",
                    on_click=_open,
                    args=(customer.account.id,),
                )


def entry_words(entry: PrivacyRow, now: dt.datetime) -> str:
    """Return « **Effacement des données** · Ada · hier 14:32 » and what it counted, as Markdown."""
    counted = ", ".join(count_words(entry.counts))
    who = f"{escape_markdown(entry.person_name)} · {formats.short_instant(entry.at, now)}"
    return f"**{entry.act.label}** :small[:gray[{who}]]" + (f"  \n:small[{counted}]" if counted else "")


@telling_refusals()
def _export(viewer: Viewer, customer_id: int) -> None:
    with transaction() as session:
        file_id = ask_for_data(session, Actor.person(viewer), customer_id, utc_now())
    await_file(file_id)


def show_erasure(viewer: Viewer, customer: CustomerDetail) -> None:
    """Draw the dialog that erases, where it is open on this customer."""
    if st.session_state.get(_ERASING) == customer.account.id:
        question = "Effacer les données de ce client\u00a0?"
        st.dialog(question, width="medium", on_dismiss=_close)(_body)(viewer, customer.account)


def _body(viewer: Viewer, account: Account) -> None:
    if st.session_state.get(_ERASING) != account.id:
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    with reading() as session:
        plan = erasure_plan(session, viewer, account.id)
    who = f"**{escape_markdown(account.name)}**"
    st.markdown(f"{who} · {escape_markdown(account.email)}" if account.email else who)
    if plan.obstacles:
        st.warning(
            "Terminez d’abord ce qui est en cours\u00a0: sans nom ni adresse, cela ne pourrait pas être mené à bien.\n"
            + "".join(f"\n- {escape_markdown(words)}" for words in plan.obstacles.words),
            icon=":material/warning:",
        )
        st.button("Fermer", key="customer_erase_leave", on_click=_close)
        return
    st.markdown("\n".join(f"- {effect}" for effect in effects(plan)))
    is_sure = st.checkbox(
        "J’ai vérifié que la demande vient bien de ce client. Je sais que rien ne se rétablit.",
        key="customer_erase_sure",
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Effacer définitivement",
            key="customer_erase_act",
            type="primary",
            disabled=not is_sure,
            on_click=_erase,
            args=(viewer, account.id),
        )
        st.button("Ne rien faire", key="customer_erase_leave", on_click=_close)


def effects(plan: ErasurePlan) -> list[str]:
    """Return what an erasure does and what it leaves, a sentence each, as Markdown."""
    gone = ", ".join(count_words({name: count for name, count in plan.erased.items() if name != "orders"}))
    said = [
        "**Effacés**\u00a0: son nom, sa société, son e-mail, ses téléphones et ses adresses, sur son compte et sur "
        "ses commandes, et dans les recherches" + (f". Avec eux\u00a0: {gone}." if gone else "."),
        "Les **liens de suivi** qu’il a reçus n’ouvrent plus rien. Les e-mails en attente ne partent pas.",
        (
            f"**Conservés**, comme la loi l’impose, {KEPT_YEARS} ans après la clôture de l’exercice (Code de commerce, "
            f"art. L123-22)\u00a0: {_kept(plan)}."
        ),
        "Les impressions et étiquettes déjà préparées disparaissent de Fichiers sous 30 jours.",
        "L’effacement est **consigné**\u00a0: par qui, quand, et ce qui a été conservé.",
    ]
    if plan.kept["kept_vouchers"]:
        vouchers = formats.plural(plan.kept["kept_vouchers"], "bon d’achat reste", "bons d’achat restent")
        said.insert(3, f"{vouchers} utilisable par son code jusqu’à son échéance.")
    return said


def _kept(plan: ErasurePlan) -> str:
    words = count_words({name: count for name, count in plan.kept.items() if name != "kept_vouchers"})
    return formats.enumeration(words) if words else "rien, car il n’a ni facture ni commande"


@telling_refusals()
def _erase(viewer: Viewer, customer_id: int) -> None:
    if st.session_state.get(_ERASING) != customer_id:
        return  # A second click on a button that has done its work.
    _close()
    with transaction() as session:
        plan = erase_customer(session, Actor.person(viewer), customer_id, utc_now(), storage().delete)
    flash(f"Données effacées. La loi fait conserver\u00a0: {_kept(plan)}.", icon=":material/person_off:")


def _open(customer_id: int) -> None:
    st.session_state[_ERASING] = customer_id


def _close() -> None:
    st.session_state.pop(_ERASING, None)
