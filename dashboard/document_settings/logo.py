"""The logo of documents: shown, replaced, taken off. What was stored once stays: documents of its time need it."""

import secrets
from dataclasses import replace
from io import BytesIO

import streamlit as st

from dashboard.flash import flash, flash_refusal, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain.errors import InvalidInputError
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.pictures import clean_logo
from db.queries.document_settings import DocumentSettingsRow
from db.services.document_settings import save_document_settings
from db.storage import StorageError, storage

_WIDTH = 260
_AWAY = "Le logo n’a pas pu être enregistré\u00a0: l’espace des fichiers ne répond pas. Réessayez dans un instant."


def show_logo(viewer: Viewer, saved: DocumentSettingsRow) -> None:
    """Draw the logo that documents bear, and the way to another one."""
    st.subheader("Logo", anchor=False)
    if saved.logo_ref:
        _show_current(viewer, saved)
    else:
        st.caption("Sans logo, les documents portent le nom de la marketplace en toutes lettres.")
    with st.container(key="logo_upload"):  # Where shell.css says how large it may be.
        uploaded = st.file_uploader(
            "Choisir un autre logo" if saved.logo_ref else "Choisir un logo",
            type=["png", "jpg", "jpeg"],
            key=f"logo_file_{saved.logo_ref}",
            help="PNG ou JPEG. Imprimé sur fond blanc, dans 64 × 17\u00a0mm.",
        )
    if uploaded is not None:
        _show_uploaded(viewer, saved, uploaded.getvalue())


def _show_current(viewer: Viewer, saved: DocumentSettingsRow) -> None:
    try:
        with storage().open(saved.logo_ref) as content:
            picture = content.read()
    except StorageError:
        st.warning("Le logo enregistré ne se lit pas. Choisissez-le de nouveau.", icon=":material/broken_image:")
        return
    with st.container(border=True, width="content"):
        st.image(picture, width=_WIDTH)
    st.button("Retirer le logo", key="logo_remove", type="tertiary", on_click=_keep, args=(viewer, saved, ""))


def _show_uploaded(viewer: Viewer, saved: DocumentSettingsRow, uploaded: bytes) -> None:
    try:
        picture = clean_logo(uploaded)
    except InvalidInputError as refusal:
        st.error(escape_markdown(str(refusal)), icon=":material/error:")
        return
    with st.container(border=True, width="content"):
        st.image(picture, width=_WIDTH)
    st.button("Utiliser ce logo", key="logo_use", type="primary", on_click=_store, args=(viewer, saved, picture))


def _store(viewer: Viewer, saved: DocumentSettingsRow, picture: bytes) -> None:
    viewer.require(Permission.MANAGE_SETTINGS)  # Before anything is stored.
    ref = f"logos/{utc_now():%Y/%m}/{secrets.token_hex(8)}.png"
    try:
        storage().put(ref, BytesIO(picture))
    except StorageError:
        flash_refusal(_AWAY)
        return
    _keep(viewer, saved, ref)


@telling_refusals()
def _keep(viewer: Viewer, saved: DocumentSettingsRow, ref: str) -> None:
    with transaction() as session:
        save_document_settings(session, viewer, saved, replace(saved, logo_ref=ref))
    flash("Les prochains documents porteront ce logo." if ref else "Les prochains documents n’auront plus de logo.")
