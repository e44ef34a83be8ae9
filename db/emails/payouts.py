"""The variables of what sellers are told of their money: payouts, transfers that came back, statements, accounts."""

import datetime as dt
from collections.abc import Callable, Mapping

from db.domain import formats
from db.domain.payouts import reference_of
from db.emails.links import payout_url, seller_account_url
from db.emails.markup import Block

#: What they say whether or not there is an order.
NAMES = frozenset(
    {
        "vendeur",
        "reversement",
        "reference_virement",
        "detail_reversement",
        "paye_le",
        "compte_bancaire",
        "ancien_compte",
        "motif_rejet",
        "mois_releve",
        "releve_joint",
        "document_joint",
        "modifie_le",
        "modifie_par",
        "virements_a_partir_du",
        "lien_reversement",
        "lien_compte",
        "bouton_reversement",
        "bouton_compte",
    }
)


def payout_page(text: Callable[[str], str]) -> str:
    """Return where the payout is shown that an e-mail is about; nothing where it is about none."""
    payout_id = text("payout_id")
    return payout_url(int(payout_id)) if payout_id.isdigit() else ""


def payout_variables(text: Callable[[str], str], *, has_statement: bool) -> Mapping[str, object]:
    """Return the variables of the group « Reversement »; what there is nothing to say of is empty.

    Args:
        text: What the cause of the e-mail wrote under a name.
        has_statement: Whether a statement goes with it.
    """
    payout_id, page = text("payout_id"), payout_page(text)
    reference = reference_of(int(payout_id)) if payout_id.isdigit() else ""
    return {
        "reversement": reference,
        "reference_virement": text("payment_reference") or reference,
        "detail_reversement": text("breakdown"),
        "paye_le": _day(text("paid_on")),
        "compte_bancaire": text("iban_after") or text("iban"),
        "ancien_compte": text("iban_before"),
        "motif_rejet": text("rejection"),
        "mois_releve": _month(text("month")),
        "releve_joint": "oui" if has_statement else "",
        "modifie_le": _instant(text("changed_at")),
        "modifie_par": text("changed_by"),
        "virements_a_partir_du": _instant(text("rests_until")),
        "lien_reversement": page,
        "lien_compte": seller_account_url(),
        "bouton_reversement": Block("bouton_reversement", bool(page)),
        "bouton_compte": Block("bouton_compte"),
    }


def _day(text: str) -> str:
    return formats.long_date(dt.date.fromisoformat(text)) if text else ""


def _month(text: str) -> str:
    if not text:
        return ""
    first = dt.date.fromisoformat(text)
    return formats.of_month(first.year, first.month)


def _instant(text: str) -> str:
    """Return « 21/11/2026 à 14:30 »."""
    return " à ".join(formats.instant(dt.datetime.fromisoformat(text)).split()) if text else ""
