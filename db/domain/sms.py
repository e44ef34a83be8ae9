"""The rules of SMS: which numbers get them, what one holds, and the night in which none leaves."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from db.domain.mail import EmailTemplate
from db.domain.time import PARIS

#: The e-mails that come with an SMS: to the seller at once, to the customer where the marketplace wants it.
TEXTED_TEMPLATES = (EmailTemplate.SELLER_NEW_ORDER, EmailTemplate.ORDER_READY)

# --- Numbers ---------------------------------------------------------------------------------------------------------

_MOBILE_TYPES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
#: One national plan, in which each number is of one place: « 0692… » is of La Réunion, whoever writes it down.
_FRENCH = ("FR", "RE", "GP", "MQ", "GF", "YT")

#: 06 39 98 …: kept by the Arcep for stories and demonstrations, such as ours.
_FICTION = "+3363998"


def mobile_number(typed: str, country_code: str = "FR") -> str:
    """Return a mobile number as the networks know it (+33612345678), or nothing where it is none.

    « 06 12 34 56 78 », « +33 (0)6 12 34 56 78 » and « 0033612345678 » are the same. A number without its country is
    one of ``country_code``, or else a French one. Landlines and mistyped numbers get no SMS.
    """
    digits = "".join(c for c in typed if c.isascii() and (c.isdigit() or c == "+"))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    regions = (country_code.upper(), *_FRENCH)
    found = next((number for region in regions if (number := _valid_number(digits, region))), None)
    if found is None or not (phonenumbers.number_type(found) in _MOBILE_TYPES or _is_fictional(found)):
        return ""
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def shown_number(number: str) -> str:
    """Return a number as people read it: « 06 12 34 56 78 », « +41 79 123 45 67 »."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    is_french = parsed.country_code == phonenumbers.country_code_for_region("FR")
    form = phonenumbers.PhoneNumberFormat.NATIONAL if is_french else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _is_fictional(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).startswith(_FICTION)


def _valid_number(digits: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    is_one = phonenumbers.is_valid_number(number) or (_is_fictional(number) and phonenumbers.is_possible_number(number))
    return number if is_one else None


# --- Length ----------------------------------------------------------------------------------------------------------

#: GSM 03.38, the basic table: each is one unit of an SMS.
_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Its extension: an escape and the character, two units.
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
#: What typography and keyboards write, and what a telephone of 1990 has for it.
_GSM_FOLDS = str.maketrans(
    {
        **dict.fromkeys("’‘‚‛ʼ´`", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " "),
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "•": "-",
        "·": "-",
        "×": "x",
        "\u200b": "",
        "\u00ad": "",
    }
)


#: With the spaces that belong to them.
_FRENCH_QUOTES = re.compile(r"«\s?|\s?»")


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """How many units one SMS holds, and each of several that the telephone puts together again."""

    alone: int
    joined: int


_GSM_7 = _Alphabet(alone=160, joined=153)
_UCS_2 = _Alphabet(alone=70, joined=67)


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How long a text is and how many SMS it takes, each of which is paid."""

    units: int
    parts: int
    #: What one SMS holds: 160 units of GSM-7, or 70 where a character is none of that alphabet.
    room: int

    @property
    def is_gsm(self) -> bool:
        """Tell whether every character is of the short alphabet."""
        return self.room == _GSM_7.alone


def gsm_text(text: str) -> str:
    """Return a text with what GSM-7 lacks replaced by what it has: « ê » by « e », « ’ » by « ' ».

    Characters without any likeness (Chinese, emoji) stay: the text is then sent as UCS-2.
    """
    plain = _FRENCH_QUOTES.sub('"', unicodedata.normalize("NFC", text))
    return "".join(_gsm_character(c) for c in plain.translate(_GSM_FOLDS))


def _gsm_character(character: str) -> str:
    if character in _GSM_BASIC or character in _GSM_EXTENDED:
        return character
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return base if base and _is_gsm(base) else character


def _is_gsm(text: str) -> bool:
    return all(c in _GSM_BASIC or c in _GSM_EXTENDED for c in text)


def sms_size(text: str) -> SmsSize:
    """Return how long a text is as an SMS, and how many it takes."""
    if _is_gsm(text):
        widths, alphabet = [2 if c in _GSM_EXTENDED else 1 for c in text], _GSM_7
    else:
        widths, alphabet = [2 if ord(c) > 0xFFFF else 1 for c in text], _UCS_2
    units = sum(widths)
    return SmsSize(units, 1 if units <= alphabet.alone else _parts(widths, alphabet.joined), alphabet.alone)


def _parts(widths: Iterable[int], room: int) -> int:
    """Return how many SMS are joined; a character of two units is never cut in half."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


# --- The night -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From which hour to which no SMS leaves, on the marketplace's clock; the same hour twice: never."""

    start: int
    end: int

    def holds(self, instant: dt.datetime) -> bool:
        """Tell whether it is night."""
        hour = instant.astimezone(PARIS).hour
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end

    def earliest(self, instant: dt.datetime) -> dt.datetime:
        """Return when an SMS that is ready may leave: at once by day, at the end of the night by night."""
        if not self.holds(instant):
            return instant
        local = instant.astimezone(PARIS)
        # A night that began before midnight ends tomorrow.
        nights_left = 1 if self.start > self.end and local.hour >= self.start else 0
        end = dt.datetime.combine(local.date() + dt.timedelta(days=nights_left), dt.time(self.end), PARIS)
        return end.astimezone(dt.UTC)
