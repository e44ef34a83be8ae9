"""The list of people: a search, and a table in which a tick chooses whose panel is shown."""

import datetime as dt
import hashlib

import pandas as pd
import streamlit as st

from dashboard.badges import PERSON_BADGES, PERSON_COLOURS_FOR_GRID, PERSON_OPTIONS
from dashboard.people.navigation import choose
from db.domain import formats
from db.domain.text import fold
from db.queries.access import PersonRow


def show_search() -> str:
    """Draw the search field and return what it holds; it stands in the URL."""
    return (
        st.text_input(
            "Chercher",
            key="q",
            bind="query-params",
            placeholder="Nom ou adresse e-mail",
            label_visibility="collapsed",
            icon=":material/search:",
        )
        or ""
    )


def matching(everybody: list[PersonRow], wanted: str) -> list[PersonRow]:
    """Return the people whose name or address contains the text, whatever its accents and capitals."""
    return [person for person in everybody if fold(wanted) in fold(f"{person.name} {person.email}")]


def show_people(people: list[PersonRow], chosen: PersonRow | None, now: dt.datetime) -> None:
    """Draw how many people were found, and the table or what to do without one."""
    st.caption(formats.plural(len(people), "personne"))
    if people:
        _show_table(people, chosen, now)
    else:
        st.info("Personne ne porte ce nom ou cette adresse. Effacez la recherche pour revoir toute l’équipe.")


def _show_table(people: list[PersonRow], chosen: PersonRow | None, now: dt.datetime) -> None:
    ids = [person.id for person in people]
    key = _key(ids, chosen)
    st.dataframe(
        _table_data(people, now),
        key=key,
        hide_index=True,
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(chosen.id)] if chosen and chosen.id in ids else []}},
        on_select=lambda: _choose_ticked(key, ids),
        placeholder=formats.DASH,
        column_config={
            "Nom": st.column_config.TextColumn(width=150),
            "Rôle": st.column_config.TextColumn(width=115),
            "État": st.column_config.MultiselectColumn(
                options=PERSON_OPTIONS, color=PERSON_COLOURS_FOR_GRID, width=150
            ),
        },
    )


def _table_data(people: list[PersonRow], now: dt.datetime) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Nom": [person.name for person in people],
            "Rôle": [person.seller_name or person.role.label for person in people],
            "État": [[PERSON_BADGES[person.state].label] for person in people],
            "Dernière connexion": [
                formats.short_instant(person.last_sign_in_at, now) if person.last_sign_in_at else None
                for person in people
            ],
            "Sessions": [person.sessions for person in people],
            "Adresse e-mail": [person.email for person in people],
        }
    )


def _key(ids: list[int], chosen: PersonRow | None) -> str:
    """Return a key that no other set of rows has: a tick is a position, and must never move to somebody else."""
    return f"people_{hashlib.sha256(str((ids, chosen and chosen.id)).encode()).hexdigest()[:12]}"


def _choose_ticked(key: str, ids: list[int]) -> None:
    ticked = st.session_state[key].selection.rows
    choose(ids[ticked[0]] if ticked else None)
