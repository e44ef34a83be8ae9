"""The earlier texts of an e-mail: who saved them, when, what they say, and the way back to them."""

import datetime as dt

import streamlit as st

from dashboard.email_templates.editor import restore
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.mail import EmailTemplate
from db.domain.viewer import Viewer
from db.emails.texts import TemplateText, default_text
from db.queries.email_templates import VersionRow

_TEXT_HEIGHT = 320


def show_versions(
    viewer: Viewer, template: EmailTemplate, versions: list[VersionRow], saved: TemplateText, now: dt.datetime
) -> None:
    """Draw the versions, the present one first, and the default of the product."""
    count = f" · {formats.plural(len(versions), 'enregistrée')}" if versions else ""
    with st.expander(f"Versions{count}", icon=":material/history:"):
        for version in versions:
            is_present = version is versions[0]
            _show_version(viewer, template, version, now, is_present=is_present)
        if saved == default_text(template):
            st.caption("Le texte est celui d’origine.")
        else:
            _show_default(viewer, template)


def _show_version(
    viewer: Viewer, template: EmailTemplate, version: VersionRow, now: dt.datetime, *, is_present: bool
) -> None:
    when = formats.short_instant(version.created_at, now)
    what = "retour au texte d’origine" if version.is_default else escape_markdown(version.subject)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{when} · {escape_markdown(version.person_name)}  \n:gray[{what}]", width="stretch")
        if is_present:
            st.caption("Version actuelle", width="content")
            return
        with st.popover("Voir"):
            st.button(
                "Revenir à cette version",
                type="primary",
                key=f"email_version_{version.id}",
                on_click=restore,
                args=(viewer, template, version.id),
            )
            _show_text(version.subject, version.body)


def _show_default(viewer: Viewer, template: EmailTemplate) -> None:
    text = default_text(template)
    with st.popover("Revenir au modèle d’origine"):
        st.write("Votre texte reste dans les versions\u00a0: vous pourrez y revenir.")
        st.button(
            "Revenir au modèle d’origine",
            type="primary",
            key="email_default",
            on_click=restore,
            args=(viewer, template, None),
        )
        _show_text(text.subject, text.body)


def _show_text(subject: str, body: str) -> None:
    st.code(f"{subject}\n\n{body}", language=None, wrap_lines=True, height=_TEXT_HEIGHT)
