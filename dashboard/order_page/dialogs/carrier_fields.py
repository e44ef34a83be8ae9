"""The fields of a parcel that its dialogs share: the carrier's number, the carrier, where it is followed, the day."""

from collections.abc import Sequence

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.dialogs.form import Opened
from dashboard.order_page.facts import day_words
from db.domain.carriers import Carrier, carrier_named
from db.domain.move_words import is_web_address
from db.domain.time import local_day, utc_now
from db.services.parcel_effects import expected_on

NUMBER, CARRIER, LINK, DAY = "tracking_number", "carrier", "tracking_url", "day"


def show_parcel_fields(opened: Opened, carriers: Sequence[Carrier], day_label: str) -> None:
    """Draw the fields, the number first: it is what one scans or pastes."""
    left, middle, right = st.columns([3, 3, 2])
    left.text_input("Numéro de suivi", key=opened.key(NUMBER), autocomplete="off")
    middle.selectbox(
        "Transporteur",
        carrier_names(carriers, held(opened, CARRIER)),
        key=opened.key(CARRIER),
        accept_new_options=True,
        placeholder="Choisissez, ou écrivez un nom",
    )
    right.date_input(day_label, key=opened.key(DAY), format="DD/MM/YYYY", max_value=local_day(utc_now()))
    carrier = carrier_named(carriers, held(opened, CARRIER))
    if carrier is None or not carrier.tracking_url_pattern or held(opened, LINK):
        st.text_input("Lien de suivi", key=opened.key(LINK), placeholder="https://", autocomplete="off")
    if carrier is not None:
        _show_what_follows(opened, carrier, carriers)
    if twin := _twin_words(opened):
        st.warning(escape_markdown(twin), icon=":material/help:")


def carrier_names(carriers: Sequence[Carrier], present: str) -> list[str]:
    """Return the names to choose from: those that are offered, and the one that is there whatever it is."""
    names = [each.name for each in carriers if each.is_active]
    return names if not present or present in names else [*names, present]


def known_name(carriers: Sequence[Carrier], name: str) -> str | None:
    """Return how the carrier that a text names is called now; the text where nobody is called so."""
    carrier = carrier_named(carriers, name)
    return (carrier.name if carrier else name.strip()) or None


def held(opened: Opened, field: str) -> str:
    """Return what a field of text holds, nothing where it is not drawn."""
    return str(st.session_state.get(opened.key(field)) or "").strip()


def _twin_words(opened: Opened) -> str:
    """Return which other parcel of the order bears the number already; one that was called back does not count."""
    number = _bare(held(opened, NUMBER))
    for rank, parcel in enumerate(opened.page.shipments, start=1):
        is_other = parcel.id != opened.action.parcel_id and parcel.cancelled_at is None
        if number and is_other and _bare(parcel.tracking_number) == number:
            return f"Le colis {rank} de cette commande porte déjà ce numéro. Vous pouvez l’utiliser quand même."
    return ""


def _bare(number: str) -> str:
    return "".join(number.split()).casefold()


def _show_what_follows(opened: Opened, carrier: Carrier, carriers: Sequence[Carrier]) -> None:
    """Draw the link that the number makes, a doubt about it, and the day the parcel should arrive."""
    number, left_on = held(opened, NUMBER), opened.value(DAY)
    link = held(opened, LINK) or carrier.tracking_url(number)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if is_web_address(link):
            st.page_link(link, label="Suivre ce colis", icon=":material/open_in_new:", help=escape_markdown(link))
        expected = expected_on(carriers, carrier.name, left_on) if left_on else None
        if expected is not None:
            st.caption(f"Livraison attendue le {day_words(expected)}", width="content")
    if doubt := carrier.doubt_about(number):
        st.warning(escape_markdown(f"{doubt} Vous pouvez l’utiliser quand même."), icon=":material/help:")
