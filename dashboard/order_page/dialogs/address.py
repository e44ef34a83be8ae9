"""Correct one of an order's addresses, or give it one."""

import datetime as dt
from dataclasses import fields

import streamlit as st

from dashboard.order_page.actions import Action
from dashboard.order_page.dialogs.editing import edited
from dashboard.order_page.dialogs.form import Fields, Form, Opened
from db.domain.actor import Actor
from db.domain.viewer import Viewer
from db.models.orders import AddressKind
from db.queries.order_rows import AddressRow, OrderPage
from db.services.edits import AddressEdit

_NAMES = tuple(field.name for field in fields(AddressEdit) if field.name != "kind")
_HOME_COUNTRY = "FR"


def _question(opened: Opened) -> str:
    if _kind(opened.action) is AddressKind.DELIVERY:
        return "Où livrer cette commande\u00a0?"
    return "À quelle adresse facturer cette commande\u00a0?"


def _fields(page: OrderPage, action: Action) -> Fields:
    there = _address(page, action)
    if there is not None:
        return {name: getattr(there, name) for name in _NAMES}
    new = {"name": page.header.customer_name, "country_code": _HOME_COUNTRY}
    return dict.fromkeys(_NAMES, "") | new


def _show(_viewer: Viewer, opened: Opened) -> bool:
    _line(opened, ("name", "Nom"), ("company", "Société"))
    _line(opened, ("street", "Numéro et rue"))
    _line(opened, ("street_extra", "Complément"))
    _line(opened, ("postcode", "Code postal"), ("city", "Ville"))
    _line(opened, ("country_code", "Pays (deux lettres)"), ("phone", "Téléphone"))
    return True


def _line(opened: Opened, *named: tuple[str, str]) -> None:
    for column, (name, label) in zip(st.columns(len(named)), named, strict=True):
        column.text_input(label, key=opened.key(name), autocomplete="off", on_change="ignore")


def _act(actor: Actor, opened: Opened, now: dt.datetime) -> str:
    typed = {name: opened.text(name) for name in _NAMES}
    edit = AddressEdit(kind=_kind(opened.action), **typed)
    return edited(actor, opened, edit, now, "Adresse modifiée.")


def _address(page: OrderPage, action: Action) -> AddressRow | None:
    return page.delivery if _kind(action) is AddressKind.DELIVERY else page.billing


def _kind(action: Action) -> AddressKind:
    if action.address is None:
        raise ValueError("an address is for something")
    return action.address


FORM = Form(question=_question, verb=lambda _opened: "Enregistrer l’adresse", fields=_fields, show=_show, act=_act)
