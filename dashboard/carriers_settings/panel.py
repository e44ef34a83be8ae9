"""One carrier: its name, where its parcels are followed, how long they take, whether it is offered."""

import streamlit as st

from dashboard.carriers_settings.table import CARRIER_PARAMETER
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain.carriers import NUMBER, Carrier
from db.domain.move_words import MAX_CARRIER, MAX_TRACKING_URL, is_web_address
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.carriers import (
    MAX_DELIVERY_DAYS,
    CarrierEdit,
    add_carrier,
    default_carrier,
    reset_carrier,
    save_carrier,
)

_EXAMPLE_NUMBER = "6A12345678901"
_NEW_CARRIER = CarrierEdit("", "", 2)
#: What the keys of its fields begin with.
_NEW = "carrier_new"


def show_panel(viewer: Viewer, carrier: Carrier | None) -> None:
    """Draw the chosen carrier, or say how to choose one."""
    if carrier is None:
        st.info("Cliquez sur un transporteur pour changer son nom, son lien de suivi ou son délai.")
        return
    saved = CarrierEdit(carrier.name, carrier.tracking_url_pattern, carrier.delivery_days, carrier.is_active)
    with st.container(border=True):
        key = f"carrier_{carrier.code}_{hash(saved)}"
        _show_fields(key, saved)
        _show_trial(key, carrier.code)
        with st.container(horizontal=True):
            st.button(
                "Enregistrer", type="primary", key="carrier_save", on_click=_save, args=(viewer, carrier.code, key)
            )
            if default_carrier(carrier.code) not in (None, carrier):
                st.button("Revenir au réglage par défaut", key="carrier_reset", on_click=_reset, args=(viewer, carrier))


def show_new_carrier(viewer: Viewer) -> None:
    """Draw the fields of a carrier that is not there yet."""
    with st.container(border=True):
        st.markdown("**Nouveau transporteur**")
        _show_fields(_NEW, _NEW_CARRIER)
        _show_trial(_NEW, "")
        st.button("Ajouter le transporteur", type="primary", key="carrier_add", on_click=_add, args=(viewer,))


def _show_fields(key: str, saved: CarrierEdit) -> None:
    st.text_input("Nom", saved.name, max_chars=MAX_CARRIER, key=f"{key}_name", autocomplete="off")
    st.text_input(
        "Lien de suivi",
        saved.tracking_url_pattern,
        max_chars=MAX_TRACKING_URL,
        key=f"{key}_pattern",
        autocomplete="off",
        placeholder=f"https://suivi.exemple.fr/{NUMBER}",
        help=f"{NUMBER} tient la place du numéro du colis. Sans lien, le client reçoit le numéro seul.",
    )
    st.number_input("Délai de livraison, en jours ouvrés", 0, MAX_DELIVERY_DAYS, saved.delivery_days, key=f"{key}_days")
    st.toggle(
        "Proposer ce transporteur à l’expédition",
        saved.is_active,
        key=f"{key}_active",
        help="Les colis déjà partis gardent leur transporteur et leur lien.",
    )


def _typed(key: str) -> CarrierEdit:
    """Return what the fields hold at the moment of the click, which may have ended the typing."""
    name, pattern, days, is_active = (
        st.session_state[f"{key}_{field}"] for field in ("name", "pattern", "days", "active")
    )
    return CarrierEdit(name or "", pattern or "", days, is_active)


def _show_trial(key: str, code: str) -> None:
    """Draw a number to try, and the link that it makes."""
    typed = _typed(key)
    number = st.text_input("Essayer un numéro", key=f"{key}_trial", autocomplete="off", placeholder=_EXAMPLE_NUMBER)
    carrier = Carrier(code, typed.name, typed.tracking_url_pattern.strip(), typed.delivery_days)
    link = carrier.tracking_url(number or _EXAMPLE_NUMBER)
    if is_web_address(link):
        st.page_link(link, label=escape_markdown(link), icon=":material/open_in_new:")
    else:
        st.caption("Ce transporteur n’a pas de lien de suivi.")
    if doubt := carrier.doubt_about(number or ""):
        st.warning(escape_markdown(doubt), icon=":material/help:")


@telling_refusals()
def _save(viewer: Viewer, code: str, key: str) -> None:
    edit = _typed(key)
    with transaction() as session:
        save_carrier(session, viewer, code, edit)
    flash(f"Le transporteur « {escape_markdown(edit.name)} » est enregistré.")


@telling_refusals()
def _add(viewer: Viewer) -> None:
    edit = _typed(_NEW)
    with transaction() as session:
        code = add_carrier(session, viewer, edit)
    st.query_params[CARRIER_PARAMETER] = code
    flash(f"Le transporteur « {escape_markdown(edit.name)} » est ajouté.")


@telling_refusals()
def _reset(viewer: Viewer, carrier: Carrier) -> None:
    with transaction() as session:
        reset_carrier(session, viewer, carrier.code)
    flash(f"Le transporteur « {escape_markdown(carrier.name)} » a retrouvé son réglage par défaut.")
