"""Pictures that people upload: looked at with care, and drawn anew, so that nothing else that was in the file stays."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from db.domain.errors import InvalidInputError, MarketplaceError

MAX_LOGO_BYTES = 1_000_000
#: What a telephone's camera writes, and a little more.
MAX_PHOTO_BYTES = 12_000_000
_MIN_SIDE, _MAX_SIDE = 24, 5_000
_MAX_RATIO = 10
#: What a logo needs to be sharp in print: 64 mm at 450 dots per inch.
_KEPT = (1_200, 600)
#: What staff needs to see a scratch.
_KEPT_PHOTO = (1_600, 1_600)
_PHOTO_QUALITY = 82
#: In these, neighbouring pixels can be mixed; in the colours of a palette they cannot.
_SMOOTH_MODES = frozenset({"L", "RGB", "RGBA", "CMYK"})
#: Telephones write JPEGs of up to fifty million pixels, which are decoded small. Others fill the memory whole, however
#: few bytes they have: « progressive » JPEGs too.
_MAX_JPEG_PIXELS, _MAX_PIXELS = 50_000_000, 12_500_000
#: One photo at a time fills the memory; the others wait, but no longer than a browser does.
_DRAWING = threading.BoundedSemaphore(1)
_WAIT_SECONDS = 15
_NOT_READ = "Cette image ne se lit pas. Enregistrez-la de nouveau en PNG ou en JPEG, puis réessayez."


def clean_logo(uploaded: bytes) -> bytes:
    """Return a logo as a PNG for white paper: opaque, upright, no larger than print needs, without anything else.

    Args:
        uploaded: A PNG or a JPEG, as somebody's computer wrote it.

    Raises:
        InvalidInputError: It is too large, too small, no such picture, or broken.
    """
    if len(uploaded) > MAX_LOGO_BYTES:
        raise InvalidInputError("Cette image pèse plus de 1\u00a0Mo. Réduisez-la, puis réessayez.")
    try:
        with Image.open(BytesIO(uploaded), formats=("PNG", "JPEG")) as picture:
            _check_size(*picture.size)
            flat = _flattened(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError:
        raise InvalidInputError("Choisissez une image PNG ou JPEG.") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # What Pillow raises of broken files.
        raise InvalidInputError(_NOT_READ) from None
    flat.thumbnail(_KEPT, Image.Resampling.LANCZOS)
    out = BytesIO()
    flat.save(out, "PNG", optimize=True)
    return out.getvalue()


def clean_photo(uploaded: bytes) -> bytes:
    """Return a photo as a JPEG: upright, no larger than a screen needs, without place, time or anything else.

    Args:
        uploaded: A JPEG, a PNG or a WebP, as a telephone or a computer wrote it.

    Raises:
        InvalidInputError: It is too large, too small, no such picture, or broken.
        TooManyPhotosError: Others are being drawn, and it waited long enough.
    """
    if len(uploaded) > MAX_PHOTO_BYTES:
        most = MAX_PHOTO_BYTES // 1_000_000
        raise InvalidInputError(f"Cette photo pèse plus de {most}\u00a0Mo. Réduisez-la, puis réessayez.")
    with _alone():
        return _drawn_anew(uploaded)


class TooManyPhotosError(MarketplaceError):
    """Photos of others are being drawn."""

    def __init__(self) -> None:
        super().__init__("Beaucoup de photos arrivent en ce moment. Réessayez dans un instant.")


@contextmanager
def _alone() -> Iterator[None]:
    if not _DRAWING.acquire(timeout=_WAIT_SECONDS):
        raise TooManyPhotosError
    try:
        yield
    finally:
        _DRAWING.release()


def _drawn_anew(uploaded: bytes) -> bytes:
    try:
        with Image.open(BytesIO(uploaded), formats=("JPEG", "PNG", "WEBP")) as picture:
            _check_photo_size(*picture.size, _most_pixels(picture))
            picture.draft("RGB", _KEPT_PHOTO)  # A JPEG is decoded no larger than it takes.
            small = picture if picture.mode in _SMOOTH_MODES else picture.convert("RGBA")
            small.thumbnail(_KEPT_PHOTO, Image.Resampling.LANCZOS)  # First of all: what follows copies it.
            flat = _flattened(ImageOps.exif_transpose(small))
    except UnidentifiedImageError:
        raise InvalidInputError("Choisissez une photo JPEG, PNG ou WebP.") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # What Pillow raises of broken files.
        raise InvalidInputError(
            "Cette photo ne se lit pas. Enregistrez-la de nouveau en JPEG, puis réessayez."
        ) from None
    out = BytesIO()
    flat.save(out, "JPEG", quality=_PHOTO_QUALITY, optimize=True)
    return out.getvalue()


def _most_pixels(picture: Image.Image) -> int:
    is_read_small = picture.format == "JPEG" and not picture.info.get("progressive")
    return _MAX_JPEG_PIXELS if is_read_small else _MAX_PIXELS


def _check_photo_size(width: int, height: int, most: int) -> None:
    if min(width, height) < _MIN_SIDE or width * height > most:
        raise InvalidInputError(
            f"Cette photo fait {width} × {height} pixels. Il en faut au moins {_MIN_SIDE} de côté, et "
            f"{most // 1_000_000} millions au plus\u00a0: réduisez-la, puis réessayez."
        )


def _check_size(width: int, height: int) -> None:
    low, high = sorted((width, height))
    if low < _MIN_SIDE or high > _MAX_SIDE or high > _MAX_RATIO * low:
        raise InvalidInputError(
            f"Cette image fait {width} × {height} pixels. Il en faut de {_MIN_SIDE} à {_MAX_SIDE} de côté, et un côté "
            f"au plus {_MAX_RATIO} fois plus long que l’autre."
        )


def _flattened(picture: Image.Image) -> Image.Image:
    """Return the picture on white; a new one, to which no colour profile and no note is attached."""
    seen = picture.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper
