"""Which year is looked at, which sellers are listed and whose quarters are shown: all of it stands in the URL."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

import streamlit as st

from dashboard.url_values import identifier, member
from db.domain.dac7 import Exclusion
from db.queries.dac7 import DeclaredSeller

YEAR_PARAMETER, LIST_PARAMETER, SELLER_PARAMETER = "annee", "liste", "vendeur"


class Listed(StrEnum):
    """Which sellers are listed; the value is what the URL says."""

    DECLARED = "a-declarer"
    INCOMPLETE = "incompletes"
    EXCLUDED = "exclus"
    ALL = "tous"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _LABELS[self]

    def holds(self, seller: DeclaredSeller) -> bool:
        """Tell whether a seller is listed."""
        match self:
            case Listed.DECLARED:
                return seller.exclusion is None
            case Listed.INCOMPLETE:
                return bool(seller.missing)
            case Listed.EXCLUDED:
                return seller.exclusion is not None
        return True


_LABELS = {
    Listed.DECLARED: "À déclarer",
    Listed.INCOMPLETE: "Fiches incomplètes",
    Listed.EXCLUDED: "Non déclarés",
    Listed.ALL: "Tous",
}
#: What each reason not to declare a seller means.
EXCLUSION_WORDS = {
    Exclusion.FEW_SALES: "Vendeur de biens sous les deux seuils de l’année\u00a0: il n’est pas déclaré.",
    Exclusion.OUTSIDE_UNION: "Établi hors de l’Union européenne\u00a0: il n’est déclaré que si son État a un accord "
    "d’échange avec la France. Vérifiez-le.",
}


@dataclass(frozen=True, slots=True)
class Dac7State:
    """What the URL says."""

    year: int
    listed: Listed = Listed.DECLARED
    chosen: int | None = None
    #: The list has one page.
    before: int | None = None
    after: int | None = None

    def from_the_top(self) -> Self:
        """Return the same list with no seller chosen."""
        return replace(self, chosen=None)


def present_state(today: dt.date) -> Dac7State:
    """Return what the URL asks for; without a year, the one that is to be declared: last year's, until it is."""
    asked = identifier(st.query_params.get(YEAR_PARAMETER, ""))
    usual = today.year - 1 if today.month == 1 else today.year
    return Dac7State(
        asked if asked and dt.MINYEAR < asked < dt.MAXYEAR else usual,
        member(Listed, st.query_params.get(LIST_PARAMETER, "")) or Listed.DECLARED,
        identifier(st.query_params.get(SELLER_PARAMETER, "")),
    )


def go(wanted: Dac7State) -> None:
    """Have the URL say something else; what a callback calls."""
    st.query_params[YEAR_PARAMETER] = str(wanted.year)
    st.query_params[LIST_PARAMETER] = wanted.listed.value
    if wanted.chosen is None:
        st.query_params.pop(SELLER_PARAMETER, None)
    else:
        st.query_params[SELLER_PARAMETER] = str(wanted.chosen)
