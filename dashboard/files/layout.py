"""Which carrier's tool a file is for, and which parcels go into it: its own, unless somebody says otherwise."""

from collections import Counter
from collections.abc import Iterable

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.carrier_files import CarrierFile
from db.queries.label_plan import CarriedBy, LabelPlan
from db.queries.labels import Labelled

_LAYOUT, _INCLUDES = "file_layout", "file_includes_others"


def show_layout(plan: LabelPlan) -> tuple[Labelled, ...]:
    """Draw whose parcels these are and for whom the file is; return the parcels that go into it."""
    carriers = [plan.carriers[each.order_id] for each in plan.parcels]
    st.markdown(escape_markdown(carrier_words(carriers)))
    st.session_state.setdefault(_LAYOUT, usual_layout(carriers))
    layout = st.selectbox("Format", list(CarrierFile), key=_LAYOUT, format_func=lambda layout: layout.label)
    st.caption(escape_markdown(layout.hint))
    if not layout.carrier_code:
        return plan.parcels
    own = plan.carried_by(layout.carrier_code)
    others = len(plan.parcels) - len(own)
    if not others:
        return own
    label = f"Inclure aussi les {formats.integer(others)} colis qui ne sont pas de ce transporteur"
    if others == 1:
        label = "Inclure aussi le colis qui n’est pas de ce transporteur"
    if st.checkbox(label, key=_INCLUDES):
        return plan.parcels
    if not own:
        st.info("Aucun de ces colis n’est de ce transporteur.", icon=":material/info:")
    return own


def chosen_layout() -> CarrierFile:
    """Return the format that is chosen in the dialog."""
    return CarrierFile(st.session_state[_LAYOUT])


def carrier_words(carriers: Iterable[CarriedBy]) -> str:
    """Return « 3 Colissimo · 2 Chronopost · 1 sans transporteur », the most frequent first."""
    counts = Counter(carrier.name for carrier in carriers)
    return " · ".join(
        f"{formats.integer(count)}{formats.NO_BREAK_SPACE}{name or 'sans transporteur'}"
        for name, count in counts.most_common()
    )


def usual_layout(carriers: Iterable[CarriedBy]) -> CarrierFile:
    """Return the format that most of the parcels need."""
    layouts = {layout.carrier_code: layout for layout in CarrierFile if layout.carrier_code}
    counts = Counter(layouts.get(carrier.code, CarrierFile.GENERIC) for carrier in carriers)
    return counts.most_common(1)[0][0]
