"""Departments and countries by their French names."""

from functools import cache

import pycountry

from db.domain.postal import COUNTRIES

#: ISO 3166-2 names these parts of France otherwise than their postcodes do.
_OTHERWISE = {"75": "FR-75C", "975": "FR-PM", "977": "FR-BL", "978": "FR-MF", "984": "FR-TF", "986": "FR-WF"}
_OTHERWISE |= {"987": "FR-PF", "988": "FR-NC"}
_SHORTER = {"973": "Guyane"}
UNKNOWN = "Lieu inconnu"


@cache
def place_name(code: str) -> str:
    """Return « Paris » for 75, « Belgique » for BE; a code that nobody knows is its own name."""
    if not code:
        return UNKNOWN
    if code in _SHORTER:
        return _SHORTER[code]
    part = pycountry.subdivisions.get(code=_OTHERWISE.get(code, f"FR-{code}")) if code[0].isdigit() else None
    name = part.name if part else COUNTRIES.get(code, code)
    return name.replace("'", "’")


def department_name(code: str) -> str:
    """Return « Paris (75) », and countries as they are called."""
    return f"{place_name(code)} ({code})" if code[:1].isdigit() else place_name(code)
