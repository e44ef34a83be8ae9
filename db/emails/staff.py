"""The variables of what people of the house are told: the summary of the sales, a scheduled export that is ready."""

from collections.abc import Mapping
from typing import Any

from db.domain.cadences import of_days
from db.domain.exports import Cadence
from db.domain.formats import enumeration, integer, money, plural
from db.domain.summaries import Summary
from db.emails.links import account_url, file_page_url, sales_url, schedules_url
from db.emails.markup import Block

#: What they say although there is no order.
NAMES = frozenset(
    {
        "personne",
        "periode_resume",
        "frequence_resume",
        "chiffres_resume",
        "graphique_resume",
        "meilleures_ventes",
        "commandes_en_retard",
        "a_encaisser",
        "lien_ventes",
        "bouton_ventes",
        "lien_mon_compte",
        "nom_export",
        "lignes_export",
        "periode_export",
        "dossier_export",
        "lien_fichier",
        "bouton_fichier",
        "lien_exports",
        "echec_export",
    }
)
_ADJECTIVES = {Cadence.DAILY: "quotidien", Cadence.WEEKLY: "hebdomadaire", Cadence.MONTHLY: "mensuel"}
_NOTHING = f"0,00\u00a0€ ({plural(0, 'commande')})"


def summary_of(extra: Mapping[str, Any]) -> Summary | None:
    """Return the summary that the cause of an e-mail wrote, if it wrote one."""
    said = extra.get("summary")
    return Summary.from_json(said) if isinstance(said, Mapping) else None


def file_of(extra: Mapping[str, Any]) -> int | None:
    """Return the file that an e-mail says is ready; None where it says of none."""
    file_id = extra.get("file_id")
    return file_id if isinstance(file_id, int) else None


def sales_page(extra: Mapping[str, Any]) -> str:
    """Return where the sales of the summary's days are shown."""
    summary = summary_of(extra)
    if summary is None:
        return sales_url()
    currency = summary.currencies[0].currency if summary.currencies else ""
    return sales_url(summary.days, currency)


def file_page(extra: Mapping[str, Any]) -> str:
    """Return where the file is found that an e-mail says is ready; nothing where it says of none."""
    file_id = file_of(extra)
    return file_page_url(file_id) if file_id else ""


def staff_variables(recipient: str, extra: Mapping[str, Any], *, has_chart: bool) -> Mapping[str, object]:
    """Return the variables of the groups « Résumé des ventes » and « Export programmé ».

    Args:
        recipient: Who is written to.
        extra: What the cause of the e-mail wrote beside its text.
        has_chart: Whether a picture goes with it.
    """
    return {"personne": recipient, **_of_summary(extra, has_chart=has_chart), **_of_export(extra)}


def _of_summary(extra: Mapping[str, Any], *, has_chart: bool) -> Mapping[str, object]:
    summary = summary_of(extra)
    currencies = summary.currencies if summary else ()
    has_best = any(each.sellers or each.products for each in currencies)
    unpaid = [
        f"{money(each.unpaid_cents, each.currency)} ({plural(each.unpaid_orders, 'commande')})"
        for each in currencies
        if each.unpaid_orders
    ]
    return {
        "periode_resume": of_days(summary.cadence, summary.days) if summary else "",
        "frequence_resume": _ADJECTIVES[summary.cadence] if summary else "",
        "chiffres_resume": Block("chiffres_resume", bool(currencies)),
        "graphique_resume": Block("graphique_resume", has_chart),
        "meilleures_ventes": Block("meilleures_ventes", has_best),
        "commandes_en_retard": integer(summary.late_orders) if summary else "",
        "a_encaisser": (enumeration(unpaid) or _NOTHING) if summary else "",
        "lien_ventes": sales_page(extra),
        "bouton_ventes": Block("bouton_ventes"),
        "lien_mon_compte": account_url(),
    }


def _of_export(extra: Mapping[str, Any]) -> Mapping[str, object]:
    def text(name: str) -> str:
        return str(extra.get(name) or "")

    rows = extra.get("rows")
    return {
        "nom_export": text("export_name"),
        "lignes_export": plural(rows, "ligne") if isinstance(rows, int) and rows else "",
        "periode_export": text("period"),
        "dossier_export": text("stored_at"),
        "lien_fichier": file_page(extra),
        "bouton_fichier": Block("bouton_fichier", file_of(extra) is not None),
        "lien_exports": schedules_url(),
        "echec_export": text("export_error"),
    }
