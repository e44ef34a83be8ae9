"""Photos that customers send with a return: read up to a weight, added one by one, refused in words."""

import logging
from collections.abc import Sequence

from limits import RateLimitItem, RateLimitItemPerHour
from starlette.concurrency import run_in_threadpool

from dashboard.web.bodies import Uploaded, UploadForm, read_upload
from dashboard.web.follow_up.opening import Visit
from db.domain.errors import MarketplaceError
from db.domain.formats import plural, shorten
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.pictures import MAX_PHOTO_BYTES, clean_photo
from db.queries.return_settings import return_rules
from db.services.follow_up_returns import add_photo_by_link
from db.services.returns.photos import NoMorePhotosError
from db.storage import StorageError, storage

#: Requests, photos and messages by one link: more are no customer's.
ACTS_PER_LINK: RateLimitItem = RateLimitItemPerHour(40)

#: Of a form beside its photos.
_MAX_WORDS_BYTES = 256 * 1024
_MOST_TOLD, _LONGEST_NAME = 5, 40
_CHOOSE_AGAIN = "Choisissez de nouveau vos photos\u00a0: le navigateur ne les garde pas."

_log = logging.getLogger(__name__)


async def sent_form(visit: Visit) -> UploadForm:
    """Return a form with photos; whoever reads it closes it.

    Raises:
        HTTPException: It is no such form, or weighs several times what all photos of a return may weigh.
    """
    return await read_upload(visit.request, await run_in_threadpool(_most_bytes))


def fault_of(visit: Visit, form: UploadForm) -> str:
    """Return why nothing is done with a form, whatever it asks for; nothing where there is no such reason."""
    if form.is_cut:
        return "Ensemble, vos photos sont trop lourdes. Choisissez-en moins, ou de plus légères, puis recommencez."
    return too_often(visit)


def refused_with(refusal: str, form: UploadForm) -> tuple[str, ...]:
    """Return what is said of a form that is refused: why, and that its photos are to be chosen again."""
    return (refusal, _CHOOSE_AGAIN) if form.files else (refusal,)


async def add_photos(visit: Visit, return_id: int, photos: Sequence[Uploaded]) -> list[str]:
    """Add photos to a return; return what is wrong with each that is refused: it keeps no other away.

    No more are opened than a return may have: few bytes can be much work. (Not than there is room for: a form that is
    sent twice brings the same photos, which are added once.)
    """
    refusals = []
    most = await run_in_threadpool(_most_photos)
    for place, photo in enumerate(photos):
        if place < most:
            refusal = await run_in_threadpool(_add, visit, return_id, await photo.content())
        else:
            refusal = str(NoMorePhotosError.beyond(most))
        if refusal:
            refusals.append(f"« {shorten(photo.name, _LONGEST_NAME)} »\u00a0: {refusal}")
    more = len(refusals) - _MOST_TOLD
    return [*refusals[:_MOST_TOLD], f"Et {plural(more, 'autre photo')}."] if more > 0 else refusals


def too_often(visit: Visit) -> str:
    """Count one act by the link; return what is said to one who does too many, nothing to anybody else."""
    seconds = visit.seconds_to_wait(ACTS_PER_LINK, "acts")
    if seconds is None:
        return ""
    return f"C’est beaucoup d’envois en peu de temps. Réessayez dans {plural(-(-seconds // 60), 'minute')}."


def _most_bytes() -> int:
    return max(1, _most_photos()) * MAX_PHOTO_BYTES + _MAX_WORDS_BYTES


def _most_photos() -> int:
    with reading() as session:
        return return_rules(session).max_photos


def _add(visit: Visit, return_id: int, data: bytes) -> str:
    try:
        picture = clean_photo(data)
        with transaction() as session:
            add_photo_by_link(session, visit.link, return_id, picture, utc_now(), storage().put)
    except MarketplaceError as refusal:
        return str(refusal)
    except StorageError:
        _log.exception("retour %d : une photo n’a pas pu être conservée", return_id)
        return "Elle n’a pas pu être enregistrée. Réessayez dans un instant."
    return ""
