"""Who is chosen stands in the URL, so that a person's panel can be linked to and survives a reload."""

import streamlit as st

from db.queries.access import PersonRow

PERSON_PARAMETER = "personne"


def choose(person_id: int | None) -> None:
    """Make the URL name this person, or nobody; inside a callback the page is drawn again from it."""
    if person_id is None:
        st.query_params.pop(PERSON_PARAMETER, None)
    else:
        st.query_params[PERSON_PARAMETER] = str(person_id)


def chosen_person(everybody: list[PersonRow]) -> PersonRow | None:
    """Return the person the URL names, and say so if there is no such person."""
    wanted = st.query_params.get(PERSON_PARAMETER)
    found = next((person for person in everybody if str(person.id) == wanted), None)
    if wanted and found is None:
        st.info("La personne demandée n’existe pas\u00a0: choisissez-la dans la liste.")
    return found
