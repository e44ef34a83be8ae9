"""Make the font files of ``dashboard/static/fonts`` and ``jobs/fonts`` out of Inter; run by hand for a new version.

npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
uv run --no-project --with fonttools,brotli python docs/fonts/make.py package/variable/InterVariable.woff2
"""  # noqa: INP001  a script that stands alone

import sys
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

VERSION = "4.1"
ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "dashboard" / "static" / "fonts"
#: For PDFs: one weight a file, no more letters than documents need, because fpdf2 parses it all for each document.
PDF_FONTS = ROOT / "jobs" / "fonts"

# The version is in the file names, so that browsers may keep the files for ever.

#: What nearly every screen needs: loaded at once.
BASE = [
    *range(0x0020, 0x007F),
    *range(0x00A0, 0x0100),
    *(0x0152, 0x0153, 0x0178, 0x02C6, 0x02DA, 0x02DC),
    *range(0x2000, 0x2070),  # Spaces (U+202F among them), dashes, quotes, ellipsis, per mille.
    *(0x20AC, 0x2116, 0x2122, 0x2126, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2215, 0x2248, 0x2260, 0x2264, 0x2265),
    *(0x25A0, 0x25B2, 0x25B6, 0x25BC, 0x25C0, 0x25CF, 0x2713),
]
#: Names from all over Europe: loaded when such a letter is on the screen.
EXTENDED = sorted({*range(0x0100, 0x0250), *range(0x1E00, 0x1F00)} - set(BASE))

#: Western and central Europe, Romania: what nearly every document says.
PDF_BASE = [*BASE, *range(0x0100, 0x0180), *range(0x0218, 0x021C)]
#: By script, loaded by a document that needs such a letter: Vietnamese names, Greek, Cyrillic.
PDF_MORE = {
    "latin": sorted({*range(0x0180, 0x0250), *range(0x1E00, 0x1F00)} - set(PDF_BASE)),
    "greek": [*range(0x0370, 0x0400)],
    "cyrillic": [*range(0x0400, 0x0530)],
}

DIGITS = range(ord("0"), ord("9") + 1)


def freeze_tabular_digits(font: TTFont) -> None:
    """Make tabular figures the default: grids are drawn on a canvas, where CSS cannot ask for them."""
    gsub = font["GSUB"].table
    record = next(record for record in gsub.FeatureList.FeatureRecord if record.FeatureTag == "tnum")
    tabular = {}
    for index in record.Feature.LookupListIndex:
        for subtable in gsub.LookupList.Lookup[index].SubTable:
            tabular |= getattr(subtable, "ExtSubTable", subtable).mapping
    for table in font["cmap"].tables:
        for digit in DIGITS:
            glyph = table.cmap.get(digit)
            if glyph in tabular:  # Tables may share one mapping: a digit is frozen once.
                table.cmap[digit] = tabular[glyph]


def write(source: Path, characters: list[int], target: Path) -> None:
    """Write the part of Inter that draws the given characters."""
    whole = TTFont(source)
    freeze_tabular_digits(whole)
    narrowed = BytesIO()  # The subsetter wants a font as it is on disk, not as the instancer leaves it in memory.
    instantiateVariableFont(whole, {"opsz": 14, "wght": (400, 700)}).save(narrowed)
    font = TTFont(narrowed)
    options = Options(
        layout_features=["calt", "case", "ccmp", "kern", "locl", "mark", "mkmk"], hinting=False, notdef_outline=True
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def write_for_pdf(source: Path, weight: int, characters: list[int], target: Path) -> None:
    """Write the part of one weight of Inter that draws the given characters, as fpdf2 reads it."""
    whole = TTFont(source)
    freeze_tabular_digits(whole)
    still = BytesIO()
    instantiateVariableFont(whole, {"opsz": 14, "wght": weight}).save(still)
    font = TTFont(still)
    subsetter = Subsetter(Options(layout_features=[], hinting=False, notdef_outline=True))
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = None
    font.save(target)


if __name__ == "__main__":
    write(Path(sys.argv[1]), BASE, FONTS / f"inter-{VERSION}-base.woff2")
    write(Path(sys.argv[1]), EXTENDED, FONTS / f"inter-{VERSION}-extended.woff2")
    for name, weight in {"regular": 400, "bold": 700}.items():
        write_for_pdf(Path(sys.argv[1]), weight, PDF_BASE, PDF_FONTS / f"inter-{VERSION}-{name}.ttf")
        for script, characters in PDF_MORE.items():
            write_for_pdf(Path(sys.argv[1]), weight, characters, PDF_FONTS / f"inter-{VERSION}-{name}-{script}.ttf")
