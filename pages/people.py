"""Équipe: who may come in. Invite, change, deactivate, let in again."""

import hashlib

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.flash import flash, flash_refusal
from dashboard.markdown import escape_markdown
from dashboard.one_time_link import keep_link, show_kept_link
from dashboard.viewer import current_viewer
from db.domain.errors import MarketplaceError
from db.domain.permissions import Role
from db.domain.text import fold
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.queries.access import PersonRow, people, seller_choices
from db.services.people import change_person, deactivate, end_sessions_of, invite, reactivate, renew_link

ACTIVE, INVITED, EXPIRED, INACTIVE = "Actif", "Invitation en attente", "Invitation expirée", "Désactivé"
STATE_COLOURS = {ACTIVE: "#c3dfae", INVITED: "#fddf49", EXPIRED: "#ffae45", INACTIVE: "#eef0f2"}
PERSON_PARAMETER = "personne"
INVITING = "inviting"

viewer = current_viewer()
now = utc_now()
with reading() as database:
    everybody = people(database, viewer, now)
    sellers = seller_choices(database, viewer)


def state_of(person: PersonRow) -> str:
    if not person.is_active:
        return INACTIVE
    if person.has_password or person.last_sign_in_at:
        return ACTIVE
    return INVITED if person.has_open_link else EXPIRED


def choose(person_id: int | None) -> None:
    if person_id is None:
        st.query_params.pop(PERSON_PARAMETER, None)
    else:
        st.query_params[PERSON_PARAMETER] = str(person_id)


def chosen_person() -> PersonRow | None:
    wanted = st.query_params.get(PERSON_PARAMETER)
    found = next((person for person in everybody if str(person.id) == wanted), None)
    if wanted and found is None:
        st.info("La personne demandée n’existe pas\u00a0: choisissez-la dans la liste.")
    return found


def show_fields(key: str, name: str = "", role: Role = Role.SUPPORT, seller_id: int | None = None) -> None:
    st.text_input("Nom", value=name, key=f"{key}_name", autocomplete="off", on_change="ignore")
    roles = list(Role)
    chosen = st.selectbox("Rôle", roles, roles.index(role), format_func=lambda each: each.label, key=f"{key}_role")
    if chosen is Role.SELLER:
        ids = list(sellers)
        st.selectbox(
            "Point d’activité",
            ids,
            ids.index(seller_id) if seller_id in sellers else None,
            format_func=sellers.__getitem__,
            key=f"{key}_seller",
            placeholder="Celui dont elle voit les commandes",
        )


def fields(key: str) -> dict[str, object]:
    state = st.session_state
    return {
        "name": state[f"{key}_name"] or "",
        "role": state[f"{key}_role"],
        "seller_id": state.get(f"{key}_seller"),
    }


@st.dialog("Inviter une personne", on_dismiss=lambda: st.session_state.pop(INVITING, None))
def show_invitation() -> None:
    st.text_input("Adresse e-mail", key="invite_email", autocomplete="off", on_change="ignore")
    show_fields("invite")
    st.caption("Vous recevez un lien à lui transmettre. Il sert une fois, à choisir son mot de passe.")
    if st.button("Créer l’invitation", type="primary", key="invite_submit"):
        values = fields("invite")
        try:
            with transaction() as session:
                invited = invite(session, viewer, email=st.session_state["invite_email"] or "", now=now, **values)
        except MarketplaceError as refusal:
            st.error(escape_markdown(str(refusal)))
            return
        st.session_state.pop(INVITING)
        keep_link(str(values["name"]), invited.link)
        choose(invited.person_id)
        st.rerun()


def save(person: PersonRow) -> None:
    try:
        with transaction() as session:
            change_person(session, viewer, person.id, **fields(f"person_{person.id}"))
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
    else:
        flash("Modifications enregistrées.")


def give_link(person: PersonRow) -> None:
    try:
        with transaction() as session:
            keep_link(person.name, renew_link(session, viewer, person.id, now))
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))


def sign_out_everywhere(person: PersonRow) -> None:
    try:
        with transaction() as session:
            ended = end_sessions_of(session, viewer, person.id, now)
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
    else:
        flash(f"{formats.plural(ended, 'session fermée', 'sessions fermées')}.")


def shut_out(person: PersonRow) -> None:
    try:
        with transaction() as session:
            deactivate(session, viewer, person.id, now)
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
    else:
        flash(f"Le compte de {escape_markdown(person.name)} est désactivé.")


def let_in_again(person: PersonRow) -> None:
    try:
        with transaction() as session:
            reactivate(session, viewer, person.id)
    except MarketplaceError as refusal:
        flash_refusal(str(refusal))
    else:
        flash(f"Le compte de {escape_markdown(person.name)} est réactivé.")


def show_person(person: PersonRow) -> None:
    key = f"person_{person.id}"
    with st.container(border=True):
        st.subheader(escape_markdown(person.name))
        seen = formats.short_instant(person.last_sign_in_at, now) if person.last_sign_in_at else "jamais"
        st.caption(f"{escape_markdown(person.email)} · dernière connexion{formats.NO_BREAK_SPACE}: {seen}")
        show_fields(key, person.name, person.role, person.seller_id)
        st.button("Enregistrer", type="primary", key=f"{key}_save", on_click=save, args=(person,))
        st.divider()
        with st.container(horizontal=True):
            show_actions(person, key)


def show_actions(person: PersonRow, key: str) -> None:
    if not person.is_active:
        st.button("Réactiver le compte", key=f"{key}_reactivate", on_click=let_in_again, args=(person,))
        return
    with st.popover("Nouveau lien d’accès"):
        st.write("Pour un mot de passe oublié ou une invitation perdue. Les liens précédents cessent de fonctionner.")
        st.button("Créer le lien", type="primary", key=f"{key}_link", on_click=give_link, args=(person,))
    if person.sessions:
        label = f"Fermer {formats.plural(person.sessions, 'session')}"
        st.button(label, key=f"{key}_end", on_click=sign_out_everywhere, args=(person,))
    with st.popover("Désactiver le compte"):
        st.write(
            "Ses sessions se ferment aussitôt et ses liens d’accès cessent de fonctionner. Rien de ce que cette "
            "personne a fait n’est effacé, et vous pourrez réactiver son compte."
        )
        st.button("Désactiver", type="primary", key=f"{key}_deactivate", on_click=shut_out, args=(person,))


def show_table(rows: list[PersonRow], chosen: PersonRow | None) -> None:
    ids = [person.id for person in rows]
    # A tick is a position: the key changes with the rows, so that it never moves to somebody else.
    key = f"people_{hashlib.sha256(str((ids, chosen and chosen.id)).encode()).hexdigest()[:12]}"

    def select() -> None:
        ticked = st.session_state[key].selection.rows
        choose(ids[ticked[0]] if ticked else None)

    st.dataframe(
        pd.DataFrame(
            {
                "Nom": [person.name for person in rows],
                "Rôle": [person.seller_name or person.role.label for person in rows],
                "État": [[state_of(person)] for person in rows],
                "Dernière connexion": [
                    formats.short_instant(person.last_sign_in_at, now) if person.last_sign_in_at else None
                    for person in rows
                ],
                "Sessions": [person.sessions for person in rows],
                "Adresse e-mail": [person.email for person in rows],
            }
        ),
        key=key,
        hide_index=True,
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(chosen.id)] if chosen and chosen.id in ids else []}},
        on_select=select,
        placeholder=formats.DASH,
        column_config={
            "État": st.column_config.MultiselectColumn(
                options=list(STATE_COLOURS), color=list(STATE_COLOURS.values()), width=150
            )
        },
    )


st.title("Équipe")
if st.session_state.get(INVITING):
    show_invitation()
show_kept_link()
person = chosen_person()

listed, panel = st.columns([3, 2], gap="medium")
with listed:
    with st.container(horizontal=True):
        wanted = st.text_input(
            "Chercher",
            key="q",
            bind="query-params",
            placeholder="Nom ou adresse e-mail",
            label_visibility="collapsed",
            icon=":material/search:",
        )
        st.button(
            "Inviter une personne",
            key="invite",
            icon=":material/person_add:",
            type="primary",
            on_click=lambda: st.session_state.update({INVITING: True}),
        )
    shown = [each for each in everybody if fold(wanted or "") in fold(f"{each.name} {each.email}")]
    st.caption(formats.plural(len(shown), "personne"))
    if shown:
        show_table(shown, person)
    else:
        st.info("Personne ne porte ce nom ou cette adresse. Effacez la recherche pour revoir toute l’équipe.")
with panel:
    if person is None:
        st.info("Cochez une personne pour changer son rôle, lui donner un lien d’accès ou désactiver son compte.")
    else:
        show_person(person)
