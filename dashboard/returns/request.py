"""What the customer says and shows: the reason, the explanation, the photos; what the rules have against it."""

import logging

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.order_page.drawing import draw
from dashboard.web.return_photos import photo_url
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.orders import ActorKind
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.pictures import clean_photo
from db.queries.return_detail import ReturnDetail, ReturnPhotoRow
from db.services.returns.photos import add_photo
from db.storage import StorageError, storage

_log = logging.getLogger(__name__)

_BY = {ActorKind.CUSTOMER: "du client", ActorKind.PERSON: "de l’équipe"}


def show_request(viewer: Viewer, detail: ReturnDetail) -> None:
    """Draw the request with its photos, and the way to add one while it is under way."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**Demande** · {escape_markdown(detail.reason.label)}")
        if detail.explanation.strip():
            draw("said.html", text=detail.explanation.strip())
        if detail.broken_rules:
            accepted = f"  \n**Geste**\u00a0: {escape_markdown(detail.gesture_reason)}" if detail.gesture_reason else ""
            st.warning(escape_markdown(" ".join(detail.broken_rules)) + accepted, icon=":material/gavel:")
        if detail.decision:
            st.markdown(f":small[**Réponse au client**\u00a0: {escape_markdown(detail.decision)}]")
        if detail.photos:
            draw("photos.html", photos=[_photo(place, photo) for place, photo in enumerate(detail.photos, start=1)])
        if _may_add(viewer, detail):
            _show_upload(viewer, detail)


def _photo(place: int, photo: ReturnPhotoRow) -> dict[str, str]:
    return {
        "url": photo_url(photo.id),
        "name": f"Photo {place} {_BY.get(photo.added_by, '')}".strip(),
        "added": formats.instant(photo.added_at),
    }


def _may_add(viewer: Viewer, detail: ReturnDetail) -> bool:
    is_staff = viewer.seller_id is None and viewer.may(Permission.HANDLE_RETURNS)
    return is_staff and detail.status.is_open and len(detail.photos) < detail.returnable.rules.max_photos


def _show_upload(viewer: Viewer, detail: ReturnDetail) -> None:
    """Draw the field that adds photos; a new one each time, so that none is added twice."""
    key = f"return_photos_{detail.id}_{len(detail.photos)}"
    with st.expander("Ajouter des photos", icon=":material/add_a_photo:"):
        st.file_uploader(
            "Photos (JPEG ou PNG)",
            type=["jpg", "jpeg", "png"],
            accept_multiple_files=True,
            key=key,
            on_change=_add,
            args=(viewer, detail.id, key),
        )


@telling_refusals()
def _add(viewer: Viewer, return_id: int, key: str) -> None:
    files, now = st.session_state[key] or [], utc_now()
    for file in files:
        picture = clean_photo(file.getvalue())
        try:
            with transaction() as session:
                add_photo(session, Actor.person(viewer), return_id, picture, now, storage().put)
        except StorageError:
            _log.exception("retour %d : photo impossible à garder", return_id)
            raise InvalidInputError(
                "Les fichiers ne se rangent pas pour l’instant\u00a0: réessayez plus tard."
            ) from None
    if files:
        flash(f"{formats.plural(len(files), 'photo ajoutée', 'photos ajoutées')}.")
