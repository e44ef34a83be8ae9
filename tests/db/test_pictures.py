"""Logos that people upload."""

import io
import threading

import pytest
from PIL import Image, PngImagePlugin

from db import pictures
from db.domain.errors import InvalidInputError
from db.pictures import MAX_LOGO_BYTES, MAX_PHOTO_BYTES, TooManyPhotosError, clean_logo, clean_photo


def encoded(picture: Image.Image, name: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, **options)  # type: ignore[arg-type]
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_what_is_transparent_becomes_the_white_of_the_paper() -> None:
    picture = Image.new("RGBA", (100, 40), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (0, 0, 50, 40))

    logo = opened(clean_logo(encoded(picture)))

    assert (logo.format, logo.mode, logo.size) == ("PNG", "RGB", (100, 40))
    assert (logo.getpixel((10, 10)), logo.getpixel((90, 10))) == ((200, 0, 0), (255, 255, 255))


def test_nothing_of_the_file_is_kept_but_the_picture() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Quelqu’un")

    logo = opened(clean_logo(encoded(Image.new("RGB", (100, 40), "green"), pnginfo=notes, icc_profile=b"x" * 200)))

    assert logo.info == {}


def test_a_photograph_is_turned_upright_and_a_print_shops_colours_are_read() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # To be turned by a quarter.

    turned = opened(clean_logo(encoded(Image.new("RGB", (100, 40), "green"), "JPEG", exif=exif)))
    printed = opened(clean_logo(encoded(Image.new("CMYK", (100, 40)), "JPEG")))

    assert (turned.size, dict(turned.getexif())) == ((40, 100), {})
    assert (printed.mode, printed.getpixel((5, 5))) == ("RGB", (255, 255, 255))


def test_a_large_one_is_made_as_small_as_print_needs() -> None:
    assert opened(clean_logo(encoded(Image.new("RGB", (3_000, 1_000), "green")))).size == (1_200, 400)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "PNG ou JPEG"),
        (b"<svg/>", "PNG ou JPEG"),
        (encoded(Image.new("RGB", (100, 40)), "GIF"), "PNG ou JPEG"),
        (encoded(Image.effect_noise((400, 300), 90))[:9_000], "ne se lit pas"),
        (b"\x89PNG" + b"\0" * MAX_LOGO_BYTES, "plus de 1\u00a0Mo"),
        (encoded(Image.new("RGB", (10, 10))), "10 × 10 pixels"),
        (encoded(Image.new("1", (5_001, 5_001))), "5001 × 5001 pixels"),
        (encoded(Image.new("RGB", (1_000, 30))), "10 fois plus long"),
    ],
)
def test_what_is_no_logo_is_refused_in_words(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        clean_logo(content)


def test_a_photo_keeps_neither_place_nor_time_and_is_no_larger_than_a_screen() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Téléphone"  # To be turned by a quarter; who made the camera.

    photo = opened(clean_photo(encoded(Image.new("RGB", (4_000, 3_000), "green"), "JPEG", exif=exif)))

    assert (photo.format, photo.mode, photo.size) == ("JPEG", "RGB", (1_200, 1_600))
    assert dict(photo.getexif()) == {}


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_what_telephones_and_computers_write_is_read(name: str) -> None:
    assert opened(clean_photo(encoded(Image.new("RGB", (300, 200), "green"), name))).size == (300, 200)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "JPEG, PNG ou WebP"),
        (b"%PDF-1.7", "JPEG, PNG ou WebP"),
        (b"<svg/>", "JPEG, PNG ou WebP"),
        (b"GIF89a" + b"\x00" * 40, "JPEG, PNG ou WebP"),
        (encoded(Image.new("RGB", (300, 200), "green"))[:200], "ne se lit pas"),
        (encoded(Image.new("RGB", (300, 10), "green")), "300 × 10"),
        (b"x" * (MAX_PHOTO_BYTES + 1), "12\u00a0Mo"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        clean_photo(content)


def blank(width: int, height: int, name: str, **options: object) -> bytes:
    return encoded(Image.new("L", (width, height)), name, **options)


def test_what_a_telephone_writes_is_read_however_large_and_made_small() -> None:
    assert opened(clean_photo(blank(7_000, 7_000, "JPEG"))).size == (1_600, 1_600)
    assert opened(clean_photo(blank(4_032, 3_024, "JPEG", progressive=True))).size == (1_600, 1_200)
    assert opened(clean_photo(blank(4_032, 3_024, "PNG"))).size == (1_600, 1_200)


@pytest.mark.parametrize(("name", "options"), [("PNG", {}), ("WEBP", {}), ("JPEG", {"progressive": True})])
def test_few_bytes_that_would_fill_the_memory_are_refused_before_they_are_decoded(
    name: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture of 20 million pixels takes 24 bytes for each while it is drawn anew."""
    content = blank(4_472, 4_472, name, **options)
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded"))
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("decoded"))
    with pytest.raises(InvalidInputError, match=r"4472 × 4472 pixels.+12 millions au plus"):
        clean_photo(content)


def test_colours_of_a_palette_and_what_is_transparent_survive_being_made_small() -> None:
    picture = Image.new("P", (3_200, 1_600), 1)
    picture.putpalette([255, 255, 255, 200, 0, 0])
    clear = Image.new("RGBA", (3_200, 1_600), (0, 0, 0, 0))
    red, green, blue = opened(clean_photo(encoded(picture))).getpixel((800, 400))  # type: ignore[misc]
    assert (red > 190, green < 10, blue < 10) == (True, True, True)
    assert opened(clean_photo(encoded(clear))).getpixel((800, 400)) == (255, 255, 255)


def test_one_photo_is_drawn_at_a_time_and_who_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_WAIT_SECONDS", 0)
    drawing, may_end = threading.Event(), threading.Event()
    photo = blank(100, 100, "PNG")
    real = pictures._drawn_anew

    def slow(uploaded: bytes) -> bytes:
        drawing.set()
        may_end.wait(timeout=30)
        return real(uploaded)

    monkeypatch.setattr(pictures, "_drawn_anew", slow)
    first = threading.Thread(target=clean_photo, args=(photo,))
    first.start()
    drawing.wait(timeout=30)
    with pytest.raises(TooManyPhotosError, match="Réessayez"):
        clean_photo(photo)
    may_end.set()
    first.join()
    assert opened(clean_photo(photo)).size == (100, 100)
