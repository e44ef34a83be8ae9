"""Text on its way into a spreadsheet."""

#: Spreadsheets run a cell that starts so as a formula, whatever the file says it is.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula; numbers are not texts and are left alone."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
