"""Who gets SMS and when none leaves."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from db.domain.permissions import Permission
from db.domain.sms import QuietHours
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.marketplace import MarketplaceRow
from db.services.sms_settings import save_sms_rules
from db.settings import settings

_HOURS = range(24)


def show_where_texts_go(viewer: Viewer) -> None:
    """Say so where no SMS leaves the machine, and how to change it."""
    if settings().sms_sender == "mailbox" and viewer.may(Permission.MANAGE_SETTINGS):
        st.caption(
            ":material/inbox: Rien ne quitte cette machine\u00a0: les SMS se lisent dans « Boîte d’envoi ». Pour "
            "qu’ils partent vraiment, l’administrateur technique choisit un fournisseur (variable SMS\\_SENDER)."
        )


def show_rules(viewer: Viewer, saved: MarketplaceRow) -> None:
    """Draw the switch, the hours and their button."""
    st.subheader("Destinataires et horaires", anchor=False)
    st.caption(
        "Les vendeurs dont le mobile est connu reçoivent un SMS à chaque nouvelle commande. Un numéro de fixe ou mal "
        "saisi n’en reçoit pas."
    )
    quiet = QuietHours(saved.quiet_from, saved.quiet_until)
    key = f"sms_rules_{hash((quiet, saved.texts_customers))}"
    texts_customers = st.toggle(
        "Prévenir aussi les clients quand leur commande est prête", saved.texts_customers, key=f"{key}_customers"
    )
    with st.container(horizontal=True):
        start, end = (
            st.selectbox(label, _HOURS, hour, key=f"{key}_{label}", format_func=_hour, width=130)
            for label, hour in (("Aucun SMS de", quiet.start), ("jusqu’à", quiet.end))
        )
    typed = QuietHours(start, end)
    st.caption(quiet_words(typed))
    st.button(
        "Enregistrer",
        type="primary",
        key="sms_rules_save",
        disabled=(typed, texts_customers) == (quiet, saved.texts_customers),
        on_click=_save,
        args=(viewer, typed, texts_customers),
    )


def quiet_words(quiet: QuietHours) -> str:
    """Return what the hours mean for an SMS that is ready then."""
    if quiet.start == quiet.end:
        return "Les SMS partent à toute heure."
    end = _hour(quiet.end)
    return f"Un SMS prêt entre {_hour(quiet.start)} et {end} (heure de Paris) attend {end} pour partir."


def _hour(hour: int) -> str:
    return f"{hour}\u00a0h"


@telling_refusals()
def _save(viewer: Viewer, quiet: QuietHours, texts_customers: bool) -> None:  # noqa: FBT001  a button's argument
    with transaction() as session:
        save_sms_rules(session, viewer, quiet, texts_customers=texts_customers)
    flash("Les règles des SMS sont enregistrées.")
