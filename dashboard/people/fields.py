"""The fields that inviting a person and changing one have in common."""

from typing import TypedDict

import streamlit as st

from db.domain.permissions import Role


class PersonFields(TypedDict):
    """What was typed and chosen, by the names the services use."""

    name: str
    role: Role
    seller_id: int | None


def show_fields(
    key: str, sellers: dict[int, str], name: str = "", role: Role = Role.SUPPORT, seller_id: int | None = None
) -> None:
    """Draw the fields under keys that start with ``key``; a seller is asked for only where the role needs one."""
    st.text_input("Nom", value=name, key=f"{key}_name", autocomplete="off", on_change="ignore")
    roles = list(Role)
    chosen = st.selectbox("Rôle", roles, roles.index(role), format_func=lambda each: each.label, key=f"{key}_role")
    if chosen is Role.SELLER:
        ids = list(sellers)
        st.selectbox(
            "Vendeur",
            ids,
            ids.index(seller_id) if seller_id in sellers else None,
            format_func=sellers.__getitem__,
            key=f"{key}_seller",
            placeholder="Le vendeur dont cette personne voit les commandes",
        )


def typed_fields(key: str) -> PersonFields:
    """Return what the fields drawn under ``key`` hold."""
    state = st.session_state
    return PersonFields(
        name=state[f"{key}_name"] or "",
        role=state[f"{key}_role"],
        seller_id=state.get(f"{key}_seller"),
    )
