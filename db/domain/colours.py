"""Colours as « #rrggbb »: which text reads on them."""

DARK_TEXT = "#16181d"
LIGHT_TEXT = "#ffffff"

#: Streamlit's grid chooses white text below this luminance on its own; everything else follows it and looks alike.
_DARK_TEXT_FROM_LUMINANCE = 0.5

#: What WCAG AA asks between text and its ground.
READABLE = 4.5
#: Black and white contrast alike with a ground of this luminance.
_MIDDLE_LUMINANCE = 0.179
_STEPS = 32


def text_colour_on(colour: str) -> str:
    """Return the text colour that reads on a colour."""
    return DARK_TEXT if luminance(colour) > _DARK_TEXT_FROM_LUMINANCE else LIGHT_TEXT


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2) of a « #rrggbb » colour, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2) of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def readable_on(ground: str, colour: str, ratio: float = READABLE) -> str:
    """Return a colour, moved toward black or white until it reads on a ground of another tone."""
    end = 0 if luminance(ground) > _MIDDLE_LUMINANCE else 255
    mixed = colour
    for step in range(_STEPS + 1):
        mixed = _mixed(colour, end, step)
        if contrast(mixed, ground) >= ratio:
            break
    return mixed


def _mixed(colour: str, end: int, step: int) -> str:
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return "#" + "".join(f"{(each * (_STEPS - step) + end * step) // _STEPS:02x}" for each in channels)
