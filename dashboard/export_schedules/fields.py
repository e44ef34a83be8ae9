"""The fields of a scheduled export: its name, how often, of which days, what becomes of the file."""

from collections.abc import Callable

import streamlit as st

from db.domain.export_schedules import COPIES_KEPT_MONTHS, NAME_MAX_LENGTH, USUAL_PERIODS, SchedulePeriod, ScheduleTerms
from db.domain.exports import Cadence

#: Returns the key of a field's widget by the field's name.
FieldKey = Callable[[str], str]


def fill_terms(field: FieldKey, terms: ScheduleTerms) -> None:
    """Fill the fields with what is decided already."""
    st.session_state.update(
        {
            field("name"): terms.name,
            field("cadence"): terms.cadence,
            field("period"): terms.period,
            field("emails"): terms.emails,
            field("is_stored"): terms.is_stored,
        }
    )


def show_terms(field: FieldKey, email: str, *, has_period: bool) -> None:
    """Draw the fields.

    Args:
        field: Where they are kept.
        email: The address of its owner, as Markdown.
        has_period: Whether the list knows days.
    """
    st.text_input(
        "Nom",
        key=field("name"),
        max_chars=NAME_MAX_LENGTH,
        placeholder="Commandes du mois",
        autocomplete="off",
    )
    st.session_state.setdefault(field("cadence"), Cadence.MONTHLY)
    cadence = st.segmented_control(
        "Fréquence",
        list(Cadence),
        key=field("cadence"),
        format_func=lambda each: each.label,
        required=True,
        on_change=_follow_cadence,
        args=(field, has_period),
    )
    if has_period:
        st.session_state.setdefault(field("period"), USUAL_PERIODS[cadence])
        st.selectbox(
            "Période exportée",
            list(SchedulePeriod),
            key=field("period"),
            format_func=lambda each: each.label,
            help="Recalculée à chaque fois\u00a0: un export du 1ᵉʳ décembre sur « Le mois dernier » est de novembre.",
        )
    st.session_state.setdefault(field("emails"), True)
    st.checkbox(f"Envoyer un lien à {email}", key=field("emails"))
    st.checkbox(
        "Déposer aussi le fichier dans le stockage, dossier exports/",
        key=field("is_stored"),
        help=(
            f"Avec son empreinte SHA-256. Il y reste {COPIES_KEPT_MONTHS}\u00a0mois, même après l’effacement des "
            "données d’un client\u00a0; dans « Fichiers », 30\u00a0jours."
        ),
    )


def typed_terms(field: FieldKey) -> ScheduleTerms:
    """Return what the fields hold."""
    state = st.session_state
    return ScheduleTerms(
        name=state.get(field("name")) or "",
        cadence=Cadence(state.get(field("cadence")) or Cadence.MONTHLY),
        period=SchedulePeriod(state.get(field("period")) or SchedulePeriod.AS_FILTERED),
        emails=bool(state.get(field("emails"))),
        is_stored=bool(state.get(field("is_stored"))),
    )


def _follow_cadence(field: FieldKey, has_period: bool) -> None:  # noqa: FBT001  a callback's arguments have no names
    if has_period and st.session_state.get(field("period")) is not SchedulePeriod.AS_FILTERED:
        st.session_state[field("period")] = USUAL_PERIODS[Cadence(st.session_state[field("cadence")])]
