"""The marketplace's look on its customers' page: its name, its logo, its colour where that reads."""

import base64
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from db.domain.colours import READABLE, contrast, readable_on
from db.queries.marketplace import MarketplaceRow

#: The grounds of follow_up.css on which its links and buttons are hardest to read, in light and in dark.
LIGHT_GROUND, DARK_GROUND = "#f3f5f6", "#23292e"

_WHITE, _BLACK = "#ffffff", "#000000"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Look:
    """How the page is dressed, and what that lets it load."""

    name: str
    #: The address of a picture on the web; empty: the name is written.
    logo: str
    colour: str
    email: str
    phone: str

    @property
    def style(self) -> str:
        """Return the colours of the page, as the style sheet expects them."""
        # One of the two always reads: where white does not, black has more than 4.6.
        on_brand = _WHITE if contrast(_WHITE, self.colour) >= READABLE else _BLACK
        light, dark = (_accent(self.colour, ground) for ground in (LIGHT_GROUND, DARK_GROUND))
        return (
            f":root{{--brand:{self.colour};--on-brand:{on_brand};--accent:{light}}}"
            f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}"
        )

    @property
    def policy(self) -> str:
        """Return what the page may load: our style sheet, the colours above, the logo. No script at all."""
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
        pictures = f"'self' {_origin(self.logo)}".strip()
        return (
            f"default-src 'none'; style-src 'self' 'sha256-{digest}'; img-src {pictures}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )


def look_of(market: MarketplaceRow) -> Look:
    """Return the look of a marketplace."""
    logo = market.logo_ref or ""
    colour = market.brand_colour if _COLOUR.fullmatch(market.brand_colour) else MarketplaceRow("").brand_colour
    return Look(market.name, logo if _origin(logo) else "", colour, market.contact_email, market.phone)


def _accent(colour: str, ground: str) -> str:
    return colour if contrast(colour, ground) >= READABLE else readable_on(ground, colour)


def _origin(address: str) -> str:
    """Return the site a picture comes from, or nothing where it could not be named in a policy."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    is_site = parts.scheme in {"https", "http"} and _HOST.fullmatch(parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if is_site else ""
