"""The dialog that asks for labels or a carrier's file: on what, for which parcels, and which orders have none."""

import streamlit as st

from dashboard.bulk.dry_run import show_reason
from dashboard.files.layout import chosen_layout, show_layout
from dashboard.files.state import Asking, ask, asked, await_file, stop_asking
from dashboard.flash import flash_refusal
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.files import FileKind
from db.domain.labels import LabelFormat
from db.domain.orders import COLLECTED_MODES
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.label_plan import MAY_LEAVE, LabelPlan, order_of_parcel, plan_labels
from db.queries.labels import Labelled
from db.queries.order_rows import OrderHeader
from db.services.labels import ask_for_carrier_csv, ask_for_labels

_TITLES = {FileKind.LABELS: "Imprimer des étiquettes d’envoi", FileKind.CARRIER_CSV: "Fichier pour un transporteur"}
_PLACES = ("En haut à gauche", "En haut à droite", "En bas à gauche", "En bas à droite")
_PAPER, _PLACE = "file_paper", "file_place"


def show_label_button(viewer: Viewer, shipment_id: int) -> None:
    """Draw the button of one parcel that asks for its label."""
    if viewer.may(Permission.SHIP):
        st.button(
            "Étiquette",
            key=f"label_of_{shipment_id}",
            icon=":material/print:",
            type="tertiary",
            on_click=ask,
            args=(Asking(FileKind.LABELS, shipment_id=shipment_id),),
        )


def show_order_label_button(viewer: Viewer, order: OrderHeader) -> None:
    """Draw the button of an order that has not left: labels are often stuck on before a parcel is noted as sent."""
    leaves = order.status in MAY_LEAVE and order.delivery_mode not in COLLECTED_MODES
    if leaves and viewer.may(Permission.SHIP):
        st.button(
            "Étiquette d’envoi",
            key="order_label",
            icon=":material/print:",
            type="tertiary",
            on_click=ask,
            args=(Asking(FileKind.LABELS, (order.id,)),),
        )


def show_file_dialog(viewer: Viewer) -> None:
    """Draw the dialog that is open, if one is."""
    asking = asked()
    if asking is not None:
        title = "Imprimer l’étiquette du colis" if asking.shipment_id else _TITLES[asking.kind]
        st.dialog(title, on_dismiss=stop_asking)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    asking = asked()
    if asking is None:
        st.rerun()  # It is asked for: the page is drawn anew, without the dialog.
    try:
        shown = _planned(viewer, asking)
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)), icon=":material/error:")
        return
    if not asking.shipment_id:
        _show_plan(shown)
    if not shown.parcels:
        return
    if asking.kind is FileKind.LABELS:
        _show_paper()
        parcels = shown.parcels
        label = formats.plural(len(parcels), "étiquette")
        verb = "Préparer l’étiquette" if len(parcels) == 1 else f"Préparer {label}"
    else:
        parcels = show_layout(shown)
        verb = f"Préparer le fichier de {formats.plural(len(parcels), 'colis', 'colis')}"
    if parcels:
        st.button(verb, key="file_confirm", type="primary", on_click=_confirm, args=(viewer, asking.kind, parcels))


def _planned(viewer: Viewer, asking: Asking) -> LabelPlan:
    with reading() as session:
        if asking.shipment_id is None:
            return plan_labels(session, viewer, asking.order_ids)
        parcel = order_of_parcel(session, viewer, asking.shipment_id)
        return LabelPlan((parcel,) if parcel else ())


def _show_plan(plan: LabelPlan) -> None:
    sent = sum(parcel.shipment_id is not None for parcel in plan.parcels)
    said = []
    if sent:
        newest = "son dernier colis" if sent == 1 else "le dernier colis de chacune"
        said.append(f"**{formats.plural(sent, 'commande')}** déjà en route\u00a0: {newest}.")
    if len(plan.parcels) > sent:
        said.append(f"**{formats.plural(len(plan.parcels) - sent, 'commande')}** à expédier\u00a0: tout ce qui reste.")
    if not plan.parcels:
        said.append("**Aucune de ces commandes n’a de colis à étiqueter.**")
    st.markdown("  \n".join(said))
    if plan.refused:
        label = formats.plural(len(plan.refused), "commande sans étiquette", "commandes sans étiquette")
        with st.expander(label, icon=":material/block:", expanded=not plan.parcels):
            for reason, refused in plan.refused_by_reason.items():
                show_reason(reason, len(refused), [each.number for each in refused])


def _show_paper() -> None:
    st.session_state.setdefault(_PAPER, LabelFormat.A6)
    paper = st.segmented_control(
        "Papier", list(LabelFormat), key=_PAPER, format_func=lambda paper: paper.label, required=True
    )
    if paper is LabelFormat.A4:
        st.session_state.setdefault(_PLACE, 1)
        st.selectbox(
            "Première place libre sur la feuille",
            range(1, paper.places + 1),
            key=_PLACE,
            format_func=lambda place: _PLACES[place - 1],
        )


def _confirm(viewer: Viewer, kind: FileKind, parcels: tuple[Labelled, ...]) -> None:
    actor, now = Actor.person(viewer), utc_now()
    try:
        with transaction() as session:
            if kind is FileKind.LABELS:
                paper = LabelFormat(st.session_state[_PAPER])
                place = st.session_state.get(_PLACE, 1) if paper is LabelFormat.A4 else 1
                file_id = ask_for_labels(session, actor, parcels, paper, now, first_place=place)
            else:
                layout = chosen_layout()
                file_id = ask_for_carrier_csv(session, actor, parcels, layout, now)
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
    else:
        await_file(file_id)
    stop_asking()
