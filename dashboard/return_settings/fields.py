"""What is set of returns: whether customers may ask, for how long, with how many photos, and what they are told."""

import streamlit as st

from dashboard.email_templates.choice import TEMPLATE_PARAMETER
from dashboard.flash import flash, telling_refusals
from dashboard.navigation import EMAIL_TEMPLATES
from db.domain import formats
from db.domain.mail import EmailTemplate
from db.domain.returns import ReturnRules
from db.domain.viewer import Viewer
from db.domain.withdrawal import REFUND_DAYS, WITHDRAWAL_DAYS
from db.engine import transaction
from db.services.return_settings import MAX_INSTRUCTIONS, MAX_PHOTOS, MAX_WINDOW_DAYS, save_return_settings

#: What a customer gets of a return, in the order of its life.
LETTERS = (
    EmailTemplate.RETURN_REQUESTED,
    EmailTemplate.RETURN_AWAITING_PARCEL,
    EmailTemplate.RETURN_PARCEL_RECEIVED,
    EmailTemplate.RETURN_COMPLETED,
    EmailTemplate.RETURN_DENIED,
    EmailTemplate.RETURN_STATUS,
)
_EXAMPLE = (
    "Par exemple\u00a0: Emballez les articles dans leur boîte d’origine, joignez ce bon, et envoyez le colis suivi à "
    "Service des retours, 12 rue de l’Été, 35000 Rennes."
)


def show_fields(saved: ReturnRules) -> ReturnRules:
    """Draw the fields; return what they hold. What somebody else saves meanwhile is a new text to start from."""
    key = f"return_settings_{hash(saved)}"
    is_on = st.toggle("Les clients peuvent demander un retour", saved.is_on, key=f"{key}_on")
    if not is_on:
        st.caption(
            "La page de suivi ne propose plus de retour. L’équipe peut toujours en ouvrir un depuis une "
            "commande\u00a0: le droit de rétractation reste dû."
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        window = st.number_input(
            "Délai de retour, en jours",
            WITHDRAWAL_DAYS,
            MAX_WINDOW_DAYS,
            saved.window_days,
            key=f"{key}_window",
            help=f"À partir de la réception. La loi donne {WITHDRAWAL_DAYS} jours\u00a0: vous pouvez en donner plus.",
            width=230,
        )
        photos = st.number_input(
            "Photos par demande, au plus", 0, MAX_PHOTOS, saved.max_photos, key=f"{key}_photos", width=230
        )
    instructions = st.text_area(
        "Instructions de retour",
        saved.instructions,
        key=f"{key}_instructions",
        height=160,
        max_chars=MAX_INSTRUCTIONS,
        placeholder=_EXAMPLE,
        help="Comment emballer et où envoyer\u00a0: sur le bon de retour et la page de suivi, une fois le retour "
        "accepté.",
    )
    return ReturnRules(is_on, int(window), int(photos), (instructions or "").strip())


def show_save(viewer: Viewer, saved: ReturnRules, typed: ReturnRules) -> None:
    """Draw the button that keeps what is typed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Enregistrer",
            type="primary",
            key="return_settings_save",
            disabled=typed == saved,
            on_click=_save,
            args=(viewer, typed),
        )
        if typed != saved:
            st.caption("Modifications non enregistrées")


def show_law(typed: ReturnRules) -> None:
    """Draw what the law says beside what is set, so that nobody promises less."""
    days = formats.plural(WITHDRAWAL_DAYS, "jour")
    st.subheader("Ce que la loi impose", anchor=False)
    st.markdown(
        f"- **Rétractation**\u00a0: {days} après la réception, sans motif à donner. Un dernier jour qui tombe un "
        "samedi, un dimanche ou un jour férié passe au jour ouvré suivant.\n"
        f"- **Remboursement**\u00a0: {formats.plural(REFUND_DAYS, 'jour')} après la demande, par le même moyen de "
        "paiement. Les retards remontent sur l’accueil.\n"
        "- **Articles défectueux ou non conformes**\u00a0: la garantie légale dure deux ans, même pour un article qui "
        "ne se reprend pas."
    )
    if typed.window_days > WITHDRAWAL_DAYS:
        more = formats.plural(typed.window_days - WITHDRAWAL_DAYS, "jour")
        st.caption(f"Vous offrez {more} de plus que la loi.")
    st.caption("Un article qui ne se reprend pas (denrée, sur mesure, hygiène) se marque sur la page Stock.")


def show_letters() -> None:
    """Draw the way to the texts of the e-mails about returns."""
    st.subheader("E-mails du retour", anchor=False)
    with st.container(gap="xxsmall"):
        for template in LETTERS:
            st.page_link(
                EMAIL_TEMPLATES.page(),
                label=template.label,
                icon=":material/edit:",
                query_params={TEMPLATE_PARAMETER: template.value},
            )


@telling_refusals()
def _save(viewer: Viewer, typed: ReturnRules) -> None:
    with transaction() as session:
        save_return_settings(session, viewer, typed)
    flash("Les réglages des retours sont enregistrés.")
