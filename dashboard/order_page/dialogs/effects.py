"""What an act will do, said before it is done: the very plan that the act computes again, in French."""

from collections.abc import Sequence

from dashboard.markdown import escape_markdown
from dashboard.statuses import label_of
from db.domain import formats
from db.domain.mail import Channel, RecipientKind
from db.domain.orders import OrderStatus
from db.domain.sms import shown_number
from db.services.moves import PlannedMove
from db.services.outbox import Letter

INVOICED = "**Une facture sera établie**, une fois le délai d’annulation passé."
_FINAL = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED})


def move_effects(plan: PlannedMove) -> list[str]:
    """Return what a move does to the order, a sentence of Markdown each; its e-mails are said apart."""
    order, effects = plan.order, plan.effects
    said = [status_effect(order.status, effects.status)]
    if effects.is_derogation:
        due = escape_markdown(formats.money(order.due_cents, order.currency))
        said.append(f"**Par dérogation**\u00a0: {due} restent à régler.")
    if effects.shipped:
        said.append(_leaving(plan))
    if effects.cancelled:
        units = sum(effects.cancelled.values())
        back = formats.plural(units, "article annulé revient en stock", "articles annulés reviennent en stock")
        said.append(f"{back}.")
    if effects.refund_cents:
        refund = escape_markdown(formats.money(effects.refund_cents, order.currency))
        said.append(f"**Remboursement à faire\u00a0: {refund}**.")
    if effects.invoices:
        said.append(INVOICED)
    if effects.credited_cents:
        credited = escape_markdown(formats.money(effects.credited_cents, order.currency))
        said.append(f"**Un avoir de {credited} sera établi**, une fois le délai d’annulation passé.")
    if effects.status in _FINAL:
        said.append("Une fois le délai d’annulation passé, ce statut est définitif.")
    return said


def status_effect(before: OrderStatus, after: OrderStatus) -> str:
    """Return what becomes of the order's status, as Markdown."""
    was, becomes = escape_markdown(label_of(before)), escape_markdown(label_of(after))
    if before is after:
        return f"La commande reste au statut **«\u00a0{becomes}\u00a0»**."
    return f"La commande passe de «\u00a0{was}\u00a0» à **«\u00a0{becomes}\u00a0»**."


def _leaving(plan: PlannedMove) -> str:
    units = sum(plan.effects.shipped.values())
    if plan.effects.is_handed_over:
        return f"{formats.plural(units, 'article est remis', 'articles sont remis')} au client."
    left = sum(line.quantity_left for line in plan.order.lines) - units
    rest = f", {formats.plural(left, 'reste', 'restent')} à expédier" if left else ""
    return f"{formats.plural(units, 'article est expédié', 'articles sont expédiés')}{rest}."


def letter_effects(letters: Sequence[Letter], window_seconds: int) -> list[str]:
    """Return who is written to, a sentence of Markdown each."""
    said = [_letter(letter) for letter in letters]
    if said and window_seconds:
        said.append(f"Départ dans {formats.plural(window_seconds, 'seconde')}\u00a0: d’ici là, vous pourrez annuler.")
    return said


def _letter(letter: Letter) -> str:
    to = escape_markdown(letter.recipient)
    if letter.recipient_kind is RecipientKind.MARKETPLACE:
        return f"Copie à {to}."
    who = " au vendeur," if letter.recipient_kind is RecipientKind.SELLER else ""
    if letter.channel is Channel.SMS:
        number = escape_markdown(shown_number(letter.recipient))
        return f"SMS «\u00a0{escape_markdown(letter.template.label)}\u00a0»{who} au {number}."
    return f"E-mail «\u00a0{escape_markdown(letter.template.label)}\u00a0»{who} à {to}."
