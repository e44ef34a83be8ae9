"""Labels on paper: single ones for a label printer, four on an A4 sheet of stickers."""

from enum import StrEnum

#: More at once would be a file nobody waits for, and a pile nobody sticks.
MAX_LABELS = 1_000


class LabelFormat(StrEnum):
    """The paper that labels are printed on; every label is an A6."""

    A6 = "a6"
    A4 = "a4"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return LABEL_FORMAT_LABELS[self]

    @property
    def places(self) -> int:
        """Return how many labels a sheet takes."""
        return 4 if self is LabelFormat.A4 else 1


LABEL_FORMAT_LABELS = {
    LabelFormat.A6: "A6, une étiquette par page",
    LabelFormat.A4: "A4, quatre étiquettes par page",
}
