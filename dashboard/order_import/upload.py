"""The file that is imported, and the template to make one."""

import hashlib
from dataclasses import dataclass

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain.order_files import OrderFormat, UnreadableOrdersError
from db.imports.orders.recognise import OpenedFile, open_file
from db.imports.orders.template import template_csv, template_xlsx

_OPENED = "order_import_opened"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Upload:
    """What a person has sent: its name there, and its bytes by their checksum."""

    name: str
    sha256: str
    content: bytes


def show_upload() -> Upload | None:
    """Draw where a file is dropped and the template; return the file, if there is one."""
    file = st.file_uploader(
        "Fichier de commandes",
        type=["csv", "xlsx", "json", "txt"],
        key="order_import_file",
        help="CSV ou XLSX d’après notre modèle, ou commandes JSON de Shopify, de WooCommerce ou d’Amazon.",
    )
    if file is None:
        st.session_state.pop(_OPENED, None)
        _show_template()
        return None
    content = file.getvalue()
    return Upload(file.name, hashlib.sha256(content).hexdigest(), content)


def _show_template() -> None:
    st.markdown(
        "Déposez un tableau **CSV** ou **XLSX** (une ligne par article), ou les commandes **JSON** de Shopify, de "
        "WooCommerce ou d’Amazon. Rien n’est créé avant que vous ayez vu ce qu’il en sera."
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            "Télécharger le modèle XLSX",
            data=template_xlsx,
            file_name="modele-commandes.xlsx",
            mime=_XLSX,
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Modèle CSV",
            data=template_csv,
            file_name="modele-commandes.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def show_format(upload: Upload) -> OpenedFile | None:
    """Draw which format the file is, to be corrected; return the file as that, or say why it is not."""
    recognised = _opened(upload, None)
    found = recognised if isinstance(recognised, OpenedFile) else None
    options = list(OrderFormat)
    wanted = st.selectbox(
        "Format",
        options,
        index=options.index(found.format) if found else None,
        key=f"order_import_format_{upload.sha256[:12]}",
        format_func=lambda each: each.label,
        placeholder="Format non reconnu",
        width=360,
    )
    opened = recognised if wanted is None or (found and wanted is found.format) else _opened(upload, wanted)
    if isinstance(opened, OpenedFile):
        return opened
    st.error(escape_markdown(opened), icon=":material/error:")
    return None


def _opened(upload: Upload, wanted: OrderFormat | None) -> OpenedFile | str:
    """Return the file, or why it cannot be read; it is read once, whatever is clicked afterwards."""
    kept: dict[object, OpenedFile | str] = st.session_state.setdefault(_OPENED, {})
    key = (upload.sha256, wanted)
    if key not in kept:
        for other in [known for known in kept if known[0] != upload.sha256]:
            del kept[other]
        try:
            with st.spinner("Lecture du fichier…"):
                kept[key] = open_file(upload.content, wanted)
        except UnreadableOrdersError as refusal:
            kept[key] = str(refusal)
    return kept[key]
