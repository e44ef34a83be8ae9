"""The pictures within an e-mail, where it is read here: mail programs find them by Content-ID, a browser cannot."""

import base64
from collections.abc import Iterable

from db.domain.enclosures import Enclosure
from db.storage import StorageError, storage


def with_pictures(html: str, enclosed: Iterable[Enclosure]) -> str:
    """Return an e-mail with the pictures it shows written into it; where one cannot be read, its words stand for it."""
    for each in enclosed:
        if each.content_id and each.is_enclosed:
            html = html.replace(f'src="cid:{each.content_id}"', f'src="{_written(each)}"')
    return html


def _written(each: Enclosure) -> str:
    try:
        with storage().open(each.ref) as content:
            return f"data:image/png;base64,{base64.b64encode(content.read()).decode()}"
    except StorageError:
        return ""
