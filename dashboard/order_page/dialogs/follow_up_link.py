"""« Lien de suivi »: the customer's own page of an order, to copy or open, and the way to make sent links useless."""

import datetime as dt

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.order_rows import OrderPage
from db.services.follow_up import new_link, revoke_links

_REVOKES = "revokes"


def _fields(_page: OrderPage, _action: Action) -> Fields:
    return {_REVOKES: False}


def _show(viewer: Viewer, opened: Opened) -> bool:
    try:
        with reading() as session:
            link = new_link(session, Actor.person(viewer), opened.order_id)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)), icon=":material/info:")
        return False
    st.code(link, language=None, wrap_lines=True)
    st.caption(
        "Qui a ce lien voit la commande sans se connecter et peut en confirmer la réception\u00a0: ne le donnez qu’au "
        "client."
    )
    st.link_button("Ouvrir la page du client", link, icon=":material/open_in_new:")
    if not st.toggle("Un lien est tombé en de mauvaises mains", key=opened.key(_REVOKES)):
        return False
    st.warning(
        "Plus aucun lien donné jusqu’ici n’ouvrira cette commande, dans les e-mails déjà reçus non plus. Les prochains "
        "e-mails en porteront un nouveau.",
        icon=":material/link_off:",
    )
    return True


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    with transaction() as session:
        revoke_links(session, actor, opened.order_id, opened.version, now)
    return "Les liens envoyés sont révoqués. Voici le nouveau, à copier pour le client."


def _verb(opened: Opened) -> str:
    return "Révoquer les liens envoyés" if st.session_state.get(opened.key(_REVOKES)) else ""


FORM = Form(
    question=lambda _opened: "Lien de suivi du client",
    verb=_verb,
    fields=_fields,
    show=_show,
    act=_act,
    stays=True,
)
