"""Above the log: what is looked for, by domain, act, person and period; each filter writes the URL."""

from collections.abc import Mapping
from dataclasses import replace

from dashboard.audit.state import AuditState, go, present_state, widget_key
from dashboard.list_filters import choice_field, clear_button, filter_row, labels, period_field, search_field
from db.domain.audit import AuditArea
from db.domain.audit_words import AUDIT_EVENTS
from db.domain.orders import ActorKind

#: Who acts without being anybody of the house.
_OTHERS = {ActorKind.SYSTEM: "Le système", ActorKind.CUSTOMER: "Un client", ActorKind.SHOP: "La boutique"}


def show_filters(state: AuditState, people: Mapping[int, str]) -> None:
    """Draw the filters; which act it was can be chosen once its domain is."""
    with filter_row("audit"):
        search_field(
            "N° de commande, vendeur, personne",
            state.text,
            widget_key("q", state),
            lambda text: _change(text=text, subject=None),
            width=250,
        )
        choice_field(
            "Domaine",
            labels(AuditArea),
            state.area,
            widget_key("domaine", state),
            lambda area: _change(area=area, event=""),
            anything="Tous les domaines",
            width=165,
        )
        if state.area is not None:
            choice_field(
                "Action",
                events_of(state.area),
                state.event or None,
                widget_key("action", state),
                lambda event: _change(event=event or ""),
                anything="Toutes les actions",
                width=200,
            )
        choice_field(
            "Auteur",
            {**people, **_OTHERS},
            state.actor_kind or state.person_id,
            widget_key("auteur", state),
            _choose_actor,
            anything="Tout le monde",
            width=160,
        )
        period_field(state.period, widget_key("periode", state), lambda period: _change(period=period))
        if state.is_filtered:
            clear_button(lambda: go(AuditState()))


def events_of(area: AuditArea) -> dict[str, str]:
    """Return the acts of a domain with what each is called, in the order of their words."""
    found = {event: words for (where, event), words in AUDIT_EVENTS.items() if where is area}
    return dict(sorted(found.items(), key=lambda item: item[1].casefold()))


def _choose_actor(chosen: int | ActorKind | None) -> None:
    if isinstance(chosen, ActorKind):
        _change(actor_kind=chosen, person_id=None)
    else:
        _change(actor_kind=None, person_id=chosen)


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))
