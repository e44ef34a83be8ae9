"""Réglages › Journal d'audit as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import Period, clean_text
from dashboard.url_values import identifier, member
from db.domain.audit import AuditArea
from db.domain.audit_words import AUDIT_EVENTS
from db.domain.orders import ActorKind
from db.queries.audit import AuditFilter, Subject


@dataclass(frozen=True, slots=True)
class AuditState:
    """Everything the URL of the page says."""

    area: AuditArea | None = None
    event: str = ""
    actor_kind: ActorKind | None = None
    person_id: int | None = None
    period: Period | None = None
    subject: Subject | None = None
    text: str = ""
    #: The page: what is older than one entry, or the page just above it.
    before: int | None = None
    after: int | None = None
    #: The entry that is looked at beside the list.
    chosen: int | None = None

    def wanted(self, today: dt.date) -> AuditFilter:
        """Return the filter for the queries."""
        first, last = self.period.days(today) if self.period else (None, None)
        return AuditFilter(self.area, self.event, self.actor_kind, self.person_id, first, last, self.subject, self.text)

    def from_the_top(self) -> "AuditState":
        """Return the same list from its newest entry, with none chosen."""
        return replace(self, before=None, after=None, chosen=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than the log has."""
        return self.from_the_top() != AuditState()


def from_query(params: Mapping[str, str]) -> AuditState:
    """Read the state from URL parameters."""
    area, event = member(AuditArea, params.get("domaine", "")), params.get("action", "")
    kind = member(ActorKind, params.get("auteur", ""))
    return AuditState(
        area=area,
        event=event if area and (area, event) in AUDIT_EVENTS else "",
        actor_kind=None if kind is ActorKind.PERSON else kind,
        person_id=identifier(params.get("auteur", "")),
        period=member(Period, params.get("periode", "")),
        subject=_subject(params.get("objet", "")),
        text=clean_text(params.get("q", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
        chosen=identifier(params.get("inscription", "")),
    )


def to_query(state: AuditState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "domaine": state.area.value if state.area else "",
        "action": state.event,
        "auteur": state.actor_kind.value if state.actor_kind else str(state.person_id or ""),
        "periode": state.period.value if state.period else "",
        "objet": f"{state.subject.kind}-{state.subject.id}" if state.subject else "",
        "q": state.text,
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
        "inscription": str(state.chosen or ""),
    }
    return {name: value for name, value in params.items() if value}


def _subject(text: str) -> Subject | None:
    kind, _, key = text.rpartition("-")
    found = identifier(key)
    return Subject(kind, found) if kind.isidentifier() and found else None


def present_state() -> AuditState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: AuditState) -> None:
    """Show another list or another entry."""
    go_to(to_query(state))


def widget_key(name: str, state: AuditState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"audit_{name}_{urlencode(to_query(state))}"
