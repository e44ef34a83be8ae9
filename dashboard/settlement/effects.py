"""Everything that a « Remboursement de produits » will do, in words: from the plan that the act computes again."""

from collections import Counter
from collections.abc import Mapping, Sequence

from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.credit import Credited
from db.domain.iban import iban_end
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.orders import PaymentMethod
from db.domain.statement import ArticleBack, statement
from db.queries.order_rows import LineRow, ReturnRow
from db.services.outbox import Letter
from db.services.settlements import PlannedSettlement

_BY = {
    PaymentMethod.CARD: "sur la carte bancaire",
    PaymentMethod.PAYPAL: "par PayPal",
    PaymentMethod.TRANSFER: "par virement",
    PaymentMethod.CHEQUE: "par chèque",
    PaymentMethod.CASH: "en espèces",
}
#: These may go to an account.
BY_ACCOUNT = frozenset({PaymentMethod.TRANSFER, PaymentMethod.CHEQUE})
#: In place of a number or a code that is given when it is confirmed.
_TO_COME = "…"


def settlement_effects(plan: PlannedSettlement, rows: Sequence[LineRow], iban: str, *, of_return: bool) -> list[str]:
    """Return what is done with money, stock, accounts and points, a sentence of Markdown each."""
    settled = plan.settled
    said = [
        f"**Remboursement à faire\u00a0: {_of(plan, cents)}** {_by(method, iban)}." for method, cents in plan.refunds
    ]
    if settled.voucher_cents:
        said.append(f"**Bon d’achat de {_of(plan, settled.voucher_cents)}**, utilisable tout de suite.")
    if settled.unpaid_cents:
        said.append(
            f"{_of(plan, settled.unpaid_cents)} de moins à payer\u00a0: le client ne les avait pas encore réglés."
        )
    if settled.deducted_cents:
        said.append(f"{_of(plan, settled.deducted_cents)} de moins que le prix.")
    said += [*_stock_effects(plan, rows), *_account_effects(plan)]
    if of_return:
        said.append("Le retour est **terminé**.")
    rest = f"la commande vaut encore {_of(plan, settled.claim_cents)}" if settled.claim_cents else ""
    said.append(f"Après ce remboursement, {rest or 'il ne reste rien à rembourser'}.")
    return said


def _by(method: PaymentMethod, iban: str) -> str:
    words = _BY.get(method, method.label)
    if method not in BY_ACCOUNT:
        return words
    if iban:
        return f"{words}, compte {escape_markdown(iban_end(iban))}"
    return f"{words}, **IBAN à demander**" if method is PaymentMethod.TRANSFER else words


def _stock_effects(plan: PlannedSettlement, rows: Sequence[LineRow]) -> list[str]:
    names = _told_apart(rows)
    back = [f"{formats.integer(units)} × {names.get(line_id, '')}" for line_id, units in plan.restocked.items()]
    said = [f"En stock\u00a0: {escape_markdown(', '.join(back))}."] if back else []
    references = {row.id: row.sku or row.name for row in rows}
    uncounted = [
        references.get(each.line.id, "")
        for each in plan.settled.lines
        if each.units_restocked and each.line.id not in plan.restocked
    ]
    if uncounted:
        verb = "ne sont pas comptés" if len(uncounted) > 1 else "n’est pas compté"
        said.append(f"{escape_markdown(', '.join(uncounted))} {verb} en stock.")
    lost = sum(each.units - each.units_restocked for each in plan.settled.lines)
    if lost:
        said.append(f"{formats.plural(lost, 'article ne revient', 'articles ne reviennent')} pas en stock.")
    return said


def _told_apart(rows: Sequence[LineRow]) -> dict[int, str]:
    """Return what the articles are called, with their reference where two of them have one name."""
    times = Counter(row.name for row in rows)
    return {row.id: f"{row.name} ({row.sku})" if times[row.name] > 1 and row.sku else row.name for row in rows}


def _account_effects(plan: PlannedSettlement) -> list[str]:
    said = []
    if plan.seller_cents or plan.fee_back_cents:
        fee = f", frais rendus +{_of(plan, plan.fee_back_cents)}" if plan.fee_back_cents else ""
        said.append(f"Compte du vendeur\u00a0: {_of(plan, plan.seller_cents)}{fee}.")
    if plan.points:
        points = formats.plural(abs(plan.points), "point de fidélité", "points de fidélité")
        said.append(f"{points} {'repris au client' if plan.points < 0 else 'donnés au client'}.")
    return said


def _of(plan: PlannedSettlement, cents: int) -> str:
    return escape_markdown(formats.money(cents, plan.order.currency))


def credit_note_words(plan: PlannedSettlement) -> str:
    """Return what the credit note is, or why there is none, as Markdown."""
    if plan.credited is None:
        return escape_markdown(plan.no_credit_note)
    gross = _of(plan, -plan.credited.gross_cents)
    number = escape_markdown(plan.invoice_number)
    return f"**Avoir de {gross}** sur la facture {number}, établi tout de suite\u00a0: il ne se modifie ni ne s’annule."


def credit_note_table(credited: Credited, currency: str) -> str:
    """Return the lines of a credit note and its VAT for each rate, as a Markdown table."""

    def cells(net_cents: int, gross_cents: int) -> list[str]:
        amounts = (net_cents, gross_cents - net_cents, gross_cents)
        return [escape_markdown(formats.money(cents, currency)) for cents in amounts]

    lines = [
        [escape_markdown(line.name), formats.integer(abs(line.quantity)), *cells(line.net_cents, line.gross_cents)]
        for line in credited.lines
    ]
    rates = [
        [
            f"**TVA {formats.rate(each.rate_bp)}**",
            "",
            *(f"**{cell}**" for cell in cells(each.net_cents, each.gross_cents)),
        ]
        for each in credited.vat
    ]
    rows = [["Avoir", "Qté", "HT", "TVA", "TTC"], [":---", *["---:"] * 4], *lines, *rates]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def settlement_letters(
    plan: PlannedSettlement, came: ReturnRow | None, names: Mapping[int, str], why: str
) -> list[Letter]:
    """Return whom the settlement writes to; numbers and codes are given when it is confirmed.

    Args:
        plan: What is going to be done.
        came: The return that it settles, if it does.
        names: What the articles are called, by order line.
        why: Why less than the price is given, as typed so far.
    """
    order, settled = plan.order, plan.settled
    email = order.customer_email.strip()
    if not email:
        return []

    def letter(template: EmailTemplate, **variables: object) -> Letter:
        return Letter(order.id, template, RecipientKind.CUSTOMER, email, order.customer_name, variables)

    if came is not None:
        words = {
            "return_id": came.id,
            "given_back": "\n".join(_statement(plan, came, names, why)),
            "amount_cents": settled.refund_cents + settled.voucher_cents,
            "refund_cents": settled.refund_cents,
            "voucher_cents": settled.voucher_cents,
            "document": _TO_COME if plan.credited else "",
            "code": _TO_COME if settled.voucher_cents else "",
        }
        return [letter(EmailTemplate.RETURN_COMPLETED, **words)]
    letters = []
    if plan.credited is not None:
        gross = -plan.credited.gross_cents
        letters.append(letter(EmailTemplate.CREDIT_NOTE, amount_cents=gross, document=_TO_COME))
    if settled.voucher_cents:
        letters.append(letter(EmailTemplate.VOUCHER, amount_cents=settled.voucher_cents, code=_TO_COME))
    return letters


def _statement(plan: PlannedSettlement, came: ReturnRow, names: Mapping[int, str], why: str) -> tuple[str, ...]:
    settled, announced = plan.settled, {line.line_id: line for line in came.lines}
    articles = []
    for each in settled.lines:
        line = announced.get(each.line.id)
        counts = (line.quantity, line.quantity_received) if line else (0, None)
        articles.append(ArticleBack(names.get(each.line.id, ""), each.units, each.price_cents, *counts))
    return statement(
        articles,
        withheld_cents=settled.deducted_cents,
        why=(why.strip() or _TO_COME) if settled.deducted_cents else "",
        shipping_cents=settled.shipping_cents,
        given_cents=settled.total_cents,
        currency=plan.order.currency,
    )
