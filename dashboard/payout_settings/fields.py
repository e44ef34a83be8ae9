"""What is set of how sellers are paid: four parts, typed on one form."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import streamlit as st

from dashboard.inputs import parse_amount, parse_rate
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.errors import InvalidInputError
from db.domain.iban import iban_in_groups
from db.domain.payout_settings import (
    MAX_DEBTOR_NAME,
    REST_HOURS,
    UNUSUAL_TIMES,
    USUAL_REST_HOURS,
    PayoutSettingsRow,
)
from db.domain.payouts import FeeInvoicing

_Value = TypeVar("_Value")
_WIDTH = 260


@dataclass(slots=True)
class _Form:
    """The fields of one form: what is saved, under which keys, and whether something typed cannot be read."""

    saved: PayoutSettingsRow
    key: str
    wrong: list[str] = field(default_factory=list)

    def parsed(
        self, name: str, label: str, text: str, parse: Callable[[str], _Value], saved: _Value, help_text: str
    ) -> _Value:
        """Draw a text field; return what it says, or what is saved where that cannot be read, which is then told."""
        typed = st.text_input(
            label, text, key=f"{self.key}_{name}", help=help_text, autocomplete="off", max_chars=30, width=_WIDTH
        )
        try:
            return parse(typed)
        except InvalidInputError as error:
            self.wrong.append(name)
            st.markdown(f":red[:small[{escape_markdown(str(error))}]]")
            return saved


def show_fields(saved: PayoutSettingsRow) -> PayoutSettingsRow | None:
    """Draw every field; return what they hold, or nothing while something typed cannot be read.

    What somebody else saves meanwhile is a new form to start from.
    """
    form = _Form(saved, f"payout_settings_{hash(saved)}")
    typed = _show_account(form, saved)
    typed = _show_controls(form, typed)
    typed = _show_fees(form, typed)
    typed = _show_dac7(form, typed)
    return None if form.wrong else typed


def _show_account(form: _Form, typed: PayoutSettingsRow) -> PayoutSettingsRow:
    saved = form.saved
    st.subheader("Compte qui paie", anchor=False)
    st.caption("Les virements partent de ce compte\u00a0: sans lui, aucun fichier pour la banque.")
    name = st.text_input(
        "Titulaire",
        saved.debtor_name,
        key=f"{form.key}_name",
        max_chars=MAX_DEBTOR_NAME,
        autocomplete="off",
        placeholder="Par exemple\u00a0: Marché d’ici SAS",
        help="Comme la banque le connaît\u00a0: les vendeurs le lisent sur leur relevé.",
    )
    with st.container(horizontal=True):
        iban = st.text_input(
            "IBAN",
            iban_in_groups(saved.debtor_iban),
            key=f"{form.key}_iban",
            max_chars=42,
            autocomplete="off",
            placeholder="FR76 …",
            help="Un compte en euros de l’espace SEPA. Sa clé est vérifiée à l’enregistrement.",
            width=360,
        )
        bic = st.text_input(
            "BIC",
            saved.debtor_bic,
            key=f"{form.key}_bic",
            max_chars=14,
            autocomplete="off",
            placeholder="Trouvé d’après l’IBAN",
            help="Facultatif\u00a0: un virement SEPA s’en passe.",
            width=180,
        )
    # As they are kept: what is shown in groups is no change.
    return replace(
        typed,
        debtor_name=(name or "").strip(),
        debtor_iban="".join((iban or "").split()),
        debtor_bic=(bic or "").strip(),
    )


def _show_controls(form: _Form, typed: PayoutSettingsRow) -> PayoutSettingsRow:
    saved = form.saved
    st.subheader("Préparation et contrôles", anchor=False)
    is_automatic = st.toggle(
        "Préparer chaque nuit ce qui est échu",
        saved.is_automatic,
        key=f"{form.key}_automatic",
        help="Sinon, quelqu’un clique sur « Préparer maintenant » dans Reversements. Rien n’est jamais payé tout seul.",
    )
    four_eyes = st.toggle(
        "Contrôle à quatre yeux",
        saved.four_eyes,
        key=f"{form.key}_eyes",
        help="Qui a préparé un reversement ne peut pas l’approuver, et qui l’a approuvé ne peut pas le transmettre à "
        "la banque\u00a0: il faut toujours deux personnes.",
    )
    if not four_eyes:
        st.warning(
            "Une seule personne peut préparer, approuver et transmettre un reversement. Chaque acte le dira dans "
            "l’historique\u00a0: « contrôle à quatre yeux désactivé ».",
            icon=":material/warning:",
        )
    with st.container(horizontal=True):
        unusual = st.number_input(
            "Montant inhabituel à partir de (fois)",
            UNUSUAL_TIMES[0],
            UNUSUAL_TIMES[-1],
            saved.unusual_times,
            key=f"{form.key}_unusual",
            help="Un reversement de plus de tant de fois la moyenne des six derniers payés au vendeur est "
            "signalé\u00a0: qui l’approuve coche qu’il l’a vérifié. Le premier d’un vendeur l’est toujours.",
            width=_WIDTH,
        )
        hours = st.number_input(
            "Attente d’un nouvel IBAN (heures)",
            REST_HOURS[0],
            REST_HOURS[-1],
            saved.iban_rest_hours,
            key=f"{form.key}_hours",
            help="Le temps qu’un vendeur prévenu d’un changement d’IBAN a pour dire que ce n’est pas lui\u00a0: rien "
            "ne part vers un nouveau compte avant.",
            width=_WIDTH,
        )
    if hours < USUAL_REST_HOURS:
        st.caption(f"Moins que les {USUAL_REST_HOURS} heures conseillées contre la fraude au changement d’IBAN.")
    limit = form.parsed(
        "limit",
        "Plafond d’un reversement, en €",
        "" if saved.max_cents is None else formats.amount(saved.max_cents),
        _limit,
        saved.max_cents,
        "Au-dessus, un reversement est retenu jusqu’à ce qu’une personne qui peut approuver le laisse passer. "
        "Vide\u00a0: pas de plafond.",
    )
    return replace(
        typed,
        is_automatic=is_automatic,
        four_eyes=four_eyes,
        unusual_times=int(unusual),
        iban_rest_hours=int(hours),
        max_cents=limit,
    )


def _show_fees(form: _Form, typed: PayoutSettingsRow) -> PayoutSettingsRow:
    saved = form.saved
    st.subheader("Factures de commission", anchor=False)
    chosen = st.segmented_control(
        "Facturer les commissions",
        list(FeeInvoicing),
        default=saved.fee_invoicing,
        format_func=lambda each: each.label,
        key=f"{form.key}_invoicing",
        required=True,
        help="La marketplace facture sa commission au vendeur. Ce qui est déjà facturé ne change pas.",
    )
    rate_bp = form.parsed(
        "vat",
        "TVA comprise dans la commission, en %",
        formats.rate(saved.fee_vat_rate_bp),
        parse_rate,
        saved.fee_vat_rate_bp,
        "20\u00a0% en France métropolitaine pour un service d’intermédiation. Vaut pour les factures à venir.",
    )
    return replace(typed, fee_invoicing=chosen or saved.fee_invoicing, fee_vat_rate_bp=rate_bp)


def _show_dac7(form: _Form, typed: PayoutSettingsRow) -> PayoutSettingsRow:
    saved = form.saved
    st.subheader("Déclaration DAC7", anchor=False)
    st.caption(
        "Un vendeur de biens qui reste sous ces deux seuils dans l’année n’est pas déclaré (directive (UE) 2021/514, "
        "annexe V\u00a0; CGI, art. 1649 ter A)."
    )
    with st.container(horizontal=True):
        sales = st.number_input(
            "Moins de ventes que",
            0,
            1_000_000,
            saved.dac7_min_sales,
            key=f"{form.key}_sales",
            help="30 selon la directive.",
            width=_WIDTH,
        )
        with st.container(width=_WIDTH):
            cents = form.parsed(
                "dac7",
                "Et au plus, en €",
                formats.amount(saved.dac7_min_cents),
                parse_amount,
                saved.dac7_min_cents,
                "2\u202f000\u00a0€ selon la directive.",
            )
    return replace(typed, dac7_min_sales=int(sales), dac7_min_cents=cents)


def _limit(text: str) -> int | None:
    return parse_amount(text) if text.strip() else None
