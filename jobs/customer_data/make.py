"""Make the ZIP of all that is known of one customer: a JSON, their documents' PDFs, their returns' photos."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.formats import plural
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.customer_data import CustomerData, Photo, customer_data
from db.services.privacy import wanted_data, whoever_asked
from db.storage import FileMissingError, Storage, storage
from jobs.documents.logos import Logos
from jobs.documents.papers.archive import Archive
from jobs.documents.papers.originals import Originals
from jobs.makers import Made, Progress

_JSON = "donnees"
_TITLE = "Toutes les données que nous avons de vous"
_CONTENTS = (
    (
        f"{_JSON}.json\u00a0: votre compte, vos adresses, commandes, retours, bons d’achat, points, e-mails reçus, et "
        "les notes de notre équipe, dans un format que d’autres logiciels savent lire. Les montants sont en centimes, "
        "les heures en temps universel (UTC)."
    ),
    "Les PDF\u00a0: vos factures et avoirs, tels qu’ils ont été établis.",
    "Les images\u00a0: les photos jointes à vos retours.",
)


def make_customer_data(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write everything into one ZIP, as whoever asked may have it now.

    Raises:
        NotAllowedError: Their account is closed, or their role does not handle personal data any more.
    """
    wanted, place = wanted_data(arguments), storage()
    with reading(engine) as session:
        viewer = whoever_asked(session, wanted)
        data = customer_data(session, wanted.customer_id)
    with Archive(out) as archive:
        archive.add(_JSON, _as_json(data), ".json")
        missing = _add_photos(archive, data.photos, place)
        missing += _add_documents(archive, engine, viewer, data.document_ids, place, progress)
        archive.say(_TITLE, [*_CONTENTS, *missing])
        count = archive.files
    day = local_day(utc_now())
    return Made(f"donnees-client-{wanted.customer_id}-{day.isoformat()}.zip", "application/zip", count)


def _as_json(data: CustomerData) -> bytes:
    return json.dumps(data.sections, ensure_ascii=False, indent=2).encode()


def _add_photos(archive: Archive, photos: Sequence[Photo], place: Storage) -> list[str]:
    """Put the photos in; return a word on those that are gone."""
    gone = 0
    for photo in photos:
        try:
            with place.open(photo.ref) as stored:
                archive.add(f"Retour {photo.return_id} – {photo.order_number}", stored.read(), ".jpg")
        except FileMissingError:
            gone += 1
    return [f"{plural(gone, 'photo n’est plus conservée', 'photos ne sont plus conservées')}."] if gone else []


def _add_documents(
    archive: Archive, engine: sa.Engine, viewer: Viewer, ids: Sequence[int], place: Storage, progress: Progress
) -> list[str]:
    """Put the stored PDFs in; return a word on those that cannot be had now."""
    originals = Originals(engine, ids, viewer, place, Logos(place), progress)
    originals.zip(archive)
    return originals.missing
