"""What a bulk action would do, said before it is done: how many orders go, which do not and why, which e-mails."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from dashboard.bulk.words import cannot, goes
from dashboard.email_frame import show_frame
from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.bulk import CustomerMessage
from db.domain.errors import MarketplaceError
from db.domain.mail import Channel, RecipientKind
from db.domain.moves import Move
from db.domain.tasks import AT_ONCE
from db.emails.rendering import preview
from db.emails.sms import preview_text
from db.engine import reading
from db.queries.tasks import NUMBERS_SHOWN
from db.services.bulk_actions import BulkPlan, Sums
from db.services.outbox import Letter

_RECIPIENTS_SHOWN = 3
#: Up to so many orders that do not go are worth reading without a click.
_REFUSED_SHOWN = 20
#: Inside an address, keeps Streamlit from making it a link that starts an e-mail by a slip.
_WORD_JOINER = "\u2060"
_FRAME_HEIGHT = 420


def show_effects(plan: BulkPlan) -> None:
    """Draw what happens to the orders that go."""
    if plan.versions:
        said = [f"**{goes(plan.action, len(plan.versions), ticked(plan))}.**", *sum_sentences(plan.sums)]
        if isinstance(plan.action, Move) and plan.action.target.is_final:
            said.append("Une fois le délai d’annulation passé, ce statut est définitif.")
        st.markdown("  \n".join(said))
    else:
        st.markdown("**Aucune de ces commandes ne peut être traitée ainsi.**")


def ticked(plan: BulkPlan) -> int:
    """Return how many orders the dry run looked at: those that go and those that do not."""
    return len(plan.versions) + len(plan.refused)


def sum_sentences(sums: Sums) -> list[str]:
    """Return what the action comes to, a sentence of Markdown each."""
    said = []
    if sums.receipts:
        said.append(f"Montant encaissé\u00a0: {_amounts(sums.receipts)}.")
    if sums.derogations:
        unpaid = formats.plural(sums.derogations, "n’est pas réglée", "ne sont pas réglées")
        said.append(f":orange[:material/warning:] Par dérogation\u00a0: {unpaid}.")
    if sums.units_shipped:
        said.append(f"{formats.plural(sums.units_shipped, 'article part', 'articles partent')}.")
    if sums.units_cancelled:
        said.append(f"{formats.plural(sums.units_cancelled, 'article revient', 'articles reviennent')} en stock.")
    if sums.refunds:
        said.append(f"Remboursements à faire\u00a0: {_amounts(sums.refunds)}.")
    if sums.invoices:
        said.append(f"{formats.plural(sums.invoices, 'facture sera établie', 'factures seront établies')}.")
    if sums.credit_notes:
        noted = formats.plural(sums.credit_notes, "avoir sera établi", "avoirs seront établis")
        said.append(f"{noted}\u00a0: {_amounts(sums.credited)}.")
    return said


def show_refused(plan: BulkPlan) -> None:
    """Draw the orders that do not go, by reason, each a link."""
    if not plan.refused:
        return
    is_open = not plan.versions or len(plan.refused) <= _REFUSED_SHOWN
    with st.expander(cannot(plan.action, len(plan.refused)), icon=":material/block:", expanded=is_open):
        for reason, refused in plan.refused_by_reason.items():
            show_reason(reason, len(refused), [each.number for each in refused if each.number])


def show_reason(reason: str, orders: int, numbers: Sequence[str]) -> None:
    """Draw a reason, how many orders it holds back, and the first of them as links."""
    st.markdown(f"**{formats.integer(orders)}** · {escape_markdown(reason)}  \n:small[{order_links(numbers, orders)}]")


def order_links(numbers: Sequence[str], orders: int) -> str:
    """Return the first of some orders as links, and how many more there are, as Markdown."""
    links = [
        f"[{escape_markdown(formats.short_number(number))}]({order_url(number)})" for number in numbers[:NUMBERS_SHOWN]
    ]
    if orders > len(links) > 0:
        links.append(f"et {formats.plural(orders - len(links), 'autre')}")
    return " · ".join(links)


def show_mailing(plan: BulkPlan, window_seconds: int) -> None:
    """Draw how many e-mails go out, to whom, when, and the first of them as its reader sees it."""
    sentence = mailing_sentence(plan)
    if sentence is None:
        return
    when = f" Départ dans {formats.plural(window_seconds, 'seconde')}\u00a0: d’ici là, vous pourrez annuler."
    st.markdown(f":material/mail: {sentence}{when if window_seconds else ''}")
    several = several_sentence(plan)
    if several:
        st.markdown(f":orange[:material/warning:] {several}")
    example = st.expander("Voir un exemple", icon=":material/visibility:", key="bulk_example", on_change="rerun")
    if example.open:
        with example:
            for channel in Channel:
                letter = next((letter for letter in plan.letters if letter.channel is channel), None)
                if letter is not None:
                    _show_example(letter)


def mailing_sentence(plan: BulkPlan) -> str | None:
    """Return « **47 e-mails** à a@…, b@… et 43 autres clients, et **12 SMS**. », as Markdown; None for nobody."""
    if not plan.letters:
        return None
    parts = []
    for kind, one, several in (
        (RecipientKind.CUSTOMER, "autre client", "autres clients"),
        (RecipientKind.SELLER, "autre vendeur", "autres vendeurs"),
    ):
        recipients = plan.recipients(kind)
        if recipients:
            parts.append(_named(recipients, one, several))
    copies = [letter.recipient for letter in plan.emails if letter.recipient_kind is RecipientKind.MARKETPLACE]
    if copies:
        parts.append(f"{formats.plural(len(copies), 'copie')} à {_plain(copies[-1])}")
    texts = len(plan.letters) - len(plan.emails)
    said_texts = [f"**{formats.integer(texts)}\u00a0SMS**"] if texts else []
    said_emails = [f"**{formats.plural(len(plan.emails), 'e-mail')}** à {', '.join(parts)}"] if plan.emails else []
    return f"{', et '.join([*said_emails, *said_texts])}."


def several_sentence(plan: BulkPlan) -> str | None:
    """Return « 1 117 clients, dont 12 en recevront plusieurs. » where the same message reaches somebody twice."""
    if not isinstance(plan.action, CustomerMessage):
        return None
    letters = Counter(each.recipient for each in plan.letters if each.recipient_kind is RecipientKind.CUSTOMER)
    several = sum(count > 1 for count in letters.values())
    if not several:
        return None
    if len(letters) == 1:
        return f"Le même client en recevra {formats.integer(letters.total())}."
    verb = "recevra" if several == 1 else "recevront"
    return f"{formats.plural(len(letters), 'client')}, dont {formats.integer(several)} en {verb} plusieurs."


def show_who_does_it(plan: BulkPlan) -> None:
    """Say that a large action goes on without the person."""
    if len(plan.versions) > AT_ONCE:
        st.caption(
            "Le travail de fond s’en charge\u00a0: vous suivez sa progression, pouvez quitter la page ou l’arrêter "
            "entre deux commandes."
        )


def _named(recipients: Sequence[str], one: str, several: str) -> str:
    shown = [_plain(address) for address in recipients[:_RECIPIENTS_SHOWN]]
    more = len(recipients) - len(shown)
    return ", ".join(shown) + (f" et {formats.plural(more, one, several)}" if more else "")


def _plain(address: str) -> str:
    return escape_markdown(address.replace("@", f"@{_WORD_JOINER}"))


def _amounts(amounts: dict[str, int]) -> str:
    return ", ".join(f"**{escape_markdown(formats.money(cents, currency))}**" for currency, cents in amounts.items())


def _show_example(letter: Letter) -> None:
    if letter.channel is Channel.SMS:
        _show_text_example(letter)
        return
    try:
        with reading() as session:
            mail = preview(session, letter.template, letter.order_id, variables=letter.variables)
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)))
        return
    st.markdown(f"**{escape_markdown(mail.subject)}**")
    show_frame(mail.html, key="bulk_example_frame", title="Exemple d’e-mail", height=_FRAME_HEIGHT)


def _show_text_example(letter: Letter) -> None:
    try:
        with reading() as session:
            text = preview_text(session, letter.template, letter.order_id, variables=letter.variables)
    except MarketplaceError as refusal:
        st.error(escape_markdown(str(refusal)))
        return
    st.markdown("**SMS**")
    st.code(text, language=None, wrap_lines=True)
