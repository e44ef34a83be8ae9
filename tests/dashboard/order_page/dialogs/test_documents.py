"""« Documents » of the order page: issued, credited and sent after their effects were said; who may not, may not."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.documents import DocumentKind
from db.domain.files import FileState
from db.domain.mail import EmailTemplate
from db.domain.orders import HistoryEvent, OrderStatus, PaymentState
from db.domain.papers import Paper
from db.domain.permissions import Role
from db.domain.settlement import SettlementRequest
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Document, DueDocument, Order, OrderHistory, OrderLine, Seller, StoredFile
from db.services.documents.due import Owed, issue_next, owe
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.settlements import settle_order
from tests.dashboard.order_page.dialogs.test_frame import act, can_act, field, html_of, mails, opened, start, words
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_seller

SignUp = Callable[..., int]


def an_order(*, invoiced: bool = False, **columns: object) -> int:
    """The order of the examples: 25,00 € of tea, a teapot of 31,41 €, 4,90 € of shipping; its file is made."""
    with transaction() as session:
        order = tea_order(session, number="A-1", **columns)
        if invoiced:
            issue_invoice(session, SYSTEM, order.id, utc_now())
            made = {"state": FileState.READY, "ref": "document/1", "sha256": "ab" * 32, "name": "F.pdf"}
            session.execute(sa.update(StoredFile).values(made))
        return order.id


def documents() -> list[tuple[str, int]]:
    with reading() as session:
        found = session.execute(sa.select(Document.number, Document.gross_cents).order_by(Document.id))
        return [(row.number, row.gross_cents) for row in found]


def acts(at):
    """What the filled button of the dialog says."""
    return [button.label for button in at.button if str(button.key).endswith("_act")]


def buttons(at, *, kind: str):
    return [button for button in at.button if str(button.key).startswith(f"order_do_{kind}")]


def test_an_invoice_is_issued_after_its_effects_were_said(signed_up: SignUp) -> None:
    an_order()
    at = opened(signed_up(Role.FINANCE))
    assert "Aucune facture n’est établie." in words(at)

    at = start(at, "Générer la facture")

    assert not at.exception
    # 7,35 € of VAT: 1,30 at 5,5 % and 6,05 at 20 %, as tests/db/services/documents works out.
    assert "**61,31\u00a0€** TTC, dont 7,35\u00a0€ de TVA, au nom de **Évelyne Morin**." in words(at)
    assert "Elle prendra le prochain numéro de la série **F2026-THE**" in words(at)
    assert "Elle dira que la commande est réglée." in words(at)
    assert "ne se modifie pas et ne se supprime pas" in words(at)
    assert documents() == []

    at = act(at)

    assert documents() == [("F2026-THE-000001", 61_31)]
    assert "Facture F2026-THE-000001 de 61,31\u00a0€ établie" in words(at)
    assert "**Facture F2026-THE-000001**" in words(at)
    assert "en préparation" in words(at)
    assert mails() == []  # Nobody asked for that.
    assert "Facture établie" in html_of(at)


def test_an_invoice_before_payment_says_so_and_leaves_with_its_email(signed_up: SignUp) -> None:
    an_order(status=OrderStatus.AWAITING_PAYMENT, paid_cents=0, payment_state=PaymentState.UNPAID)
    at = start(opened(signed_up(Role.FINANCE)), "Générer la facture")
    assert "Cette commande n’est pas payée\u00a0: elle dira que **tout reste à régler**" in words(at)
    at = field(at.toggle, "sends").set_value(True).run()
    act(at)
    assert [mail.template for mail in mails()] == [EmailTemplate.INVOICE]


def test_what_the_seller_lacks_is_said_and_nothing_is_issued(signed_up: SignUp) -> None:
    with transaction() as session:
        order = tea_order(session, create_seller(session, "Sans papiers"), number="A-1")
        owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE)], utc_now())
        issue_next(session, utc_now())
    at = opened(signed_up(Role.FINANCE))
    assert "**Facture à venir** · La fiche de Sans papiers est incomplète" in words(at)
    at = start(at, "Générer la facture")
    assert ("La fiche de Sans papiers est incomplète" in at.error[0].value, can_act(at)) == (True, False)


def test_what_is_about_to_be_issued_is_said_and_not_offered(signed_up: SignUp) -> None:
    order_id = an_order()
    with transaction() as session:
        owe(session, SYSTEM, [Owed(order_id, DocumentKind.INVOICE)], utc_now())
    at = opened(signed_up(Role.FINANCE))
    assert "**Facture à venir**\u00a0: elle sera établie dès que possible." in words(at)
    assert buttons(at, kind="invoice") == []


def test_no_credit_note_is_offered_while_one_is_about_to_be_issued(signed_up: SignUp) -> None:
    order_id = an_order(invoiced=True)
    with transaction() as session:
        owe(session, SYSTEM, [Owed(order_id, DocumentKind.CREDIT_NOTE, reason="Retour")], utc_now())
    finance = signed_up(Role.FINANCE)
    at = opened(finance)
    assert "Un avoir est déjà à venir" in words(at)
    assert buttons(at, kind="credit") == []
    # One that is held up comes of nobody: it may be issued by hand.
    with transaction() as session:
        session.execute(sa.update(DueDocument).values(error="La fiche est incomplète"))
    at = opened(finance)
    assert "Un avoir est déjà à venir" not in words(at)
    assert len(buttons(at, kind="credit")) == 1


def test_the_day_to_pay_by_is_said_as_the_invoice_says_it(signed_up: SignUp) -> None:
    an_order(status=OrderStatus.AWAITING_PAYMENT, paid_cents=0, payment_state=PaymentState.UNPAID)
    said = words(start(opened(signed_up(Role.FINANCE)), "Générer la facture"))
    assert "**tout reste à régler** au plus tard le " in said


def test_a_part_is_credited_with_its_live_total_and_told(signed_up: SignUp) -> None:
    an_order(invoiced=True)
    at = start(opened(signed_up(Role.FINANCE)), "Établir un avoir")
    assert "**Avoir de 61,31\u00a0€**" in words(at)
    assert "il n’en restera rien" in words(at)

    at = field(at.get("button_group"), "scope").set_value("Des articles").run()
    assert not can_act(at)
    at = field(at.text_input, "units_1").set_value("1").run()
    # Half of 25,00 €; 61,31 − 12,50 stay invoiced.
    assert "**Avoir de 12,50\u00a0€** TTC, dont 0,65\u00a0€ de TVA, sur la facture F2026-THE-000001" in words(at)
    assert "il restera 48,81\u00a0€ facturés" in words(at)
    assert acts(at) == ["Établir un avoir de 12,50\u00a0€"]
    at = act(at)
    assert "Choisissez le motif." in words(at)
    field(at.selectbox, "reason").set_value("Article manquant ou abîmé")
    field(at.text_input, "words").set_value("un sachet ouvert")
    act(at)

    assert documents() == [("F2026-THE-000001", 61_31), ("AV2026-THE-000001", -12_50)]
    assert [mail.template for mail in mails()] == [EmailTemplate.CREDIT_NOTE]
    with reading() as session:
        notes = sa.select(OrderHistory.note).where(OrderHistory.event == HistoryEvent.DOCUMENT_ISSUED)
        assert session.scalars(notes.order_by(OrderHistory.id)).all()[1] == (
            "Article manquant ou abîmé\u00a0: un sachet ouvert"
        )


@pytest.mark.parametrize(
    ("scope", "name", "typed", "said"),
    [
        ("Des articles", "units_1", "3", "« Thé vert bio »\u00a0: il reste 2 unités à porter en avoir"),
        ("Des articles", "units_1", "-1", "n’est pas une quantité de Thé vert bio"),
        ("Un montant", "amount", "25,01", "« Thé vert bio »\u00a0: il reste 25,00\u00a0€ à porter en avoir"),
        ("Un montant", "amount", "beaucoup", "n’est pas un montant"),
    ],
)
def test_too_much_is_refused_with_the_limit(signed_up: SignUp, scope: str, name: str, typed: str, said: str) -> None:
    an_order(invoiced=True)
    at = start(opened(signed_up(Role.FINANCE)), "Établir un avoir")
    at = field(at.get("button_group"), "scope").set_value(scope).run()
    at = field(at.text_input, name).set_value(typed).run()
    assert (said in at.error[0].value.replace("\\", ""), can_act(at)) == (True, False)


def test_an_amount_or_the_shipping_alone_is_credited_without_an_email(signed_up: SignUp) -> None:
    an_order(invoiced=True)
    person_id = signed_up(Role.FINANCE)
    for scope, amount in (("Un montant", "5"), ("Les frais de port", None)):
        at = start(opened(person_id), "Établir un avoir")
        at = field(at.get("button_group"), "scope").set_value(scope).run()
        if amount:
            field(at.selectbox, "line").set_value(2)
            field(at.text_input, "amount").set_value(amount)
        field(at.selectbox, "reason").set_value("Geste commercial")
        at = field(at.toggle, "tells").set_value(False).run()
        act(at)
    assert [cents for _, cents in documents()] == [61_31, -5_00, -4_90]
    assert mails() == []


def test_no_other_credit_note_is_issued_than_the_one_announced(signed_up: SignUp) -> None:
    an_order(invoiced=True)
    at = start(opened(signed_up(Role.FINANCE)), "Établir un avoir")
    assert "Établir un avoir de 61,31\u00a0€" in acts(at)
    field(at.selectbox, "reason").set_value("Geste commercial")
    at = field(at.toggle, "tells").set_value(False).run()
    with transaction() as session:  # Meanwhile a colleague gives the shipping back: 61,31 − 4,90 = 56,41.
        (invoice_id,) = session.scalars(sa.select(Document.id))
        issue_credit_note(session, SYSTEM, invoice_id, CreditRequest(amounts={3: 4_90}), "Retard", utc_now())

    at = act(at)

    assert [cents for _, cents in documents()] == [61_31, -4_90]
    assert "Entre-temps, le montant de l’avoir a changé" in words(at)
    assert "**Avoir de 56,41\u00a0€**" in words(at)
    assert acts(at) == ["Établir un avoir de 56,41\u00a0€"]
    assert field(at.selectbox, "reason").value == "Geste commercial"
    act(at)
    assert [cents for _, cents in documents()] == [61_31, -4_90, -56_41]


def test_no_other_invoice_is_issued_than_the_one_announced(signed_up: SignUp) -> None:
    order_id = an_order()
    at = start(opened(signed_up(Role.FINANCE)), "Générer la facture")
    assert "**61,31\u00a0€** TTC" in words(at)
    with transaction() as session:  # Meanwhile the teapot becomes 10,00 € dearer.
        pot = sa.update(OrderLine).where(OrderLine.order_id == order_id, OrderLine.total_cents == 31_41)
        dearer = pot.values(unit_price_cents=OrderLine.unit_price_cents + 10_00, total_cents=41_41)
        assert session.execute(dearer).rowcount == 1
        ordered = sa.update(Order).where(Order.id == order_id)
        session.execute(ordered.values(total_cents=Order.total_cents + 10_00, items_cents=Order.items_cents + 10_00))

    at = act(at)

    assert documents() == []
    assert "Entre-temps, le montant de la facture a changé" in words(at)
    assert "**71,31\u00a0€** TTC" in words(at)
    act(at)
    assert [cents for _, cents in documents()] == [71_31]


def test_a_document_is_sent_and_said_to_be(signed_up: SignUp) -> None:
    an_order(invoiced=True)
    at = opened(signed_up(Role.SUPPORT))
    assert [button.label for button in at.get("link_button")] == ["Télécharger", "Imprimer"]
    at = buttons(at, kind="send_document")[0].click().run()
    assert "E-mail «\u00a0Facture\u00a0» à " in words(at)
    field(at.text_input, "to").set_value("compta@mairie.example")
    at = act(at)
    assert [(mail.template, mail.recipient) for mail in mails()] == [(EmailTemplate.INVOICE, "compta@mairie.example")]
    assert "Document envoyé au client · il reste" in words(at)
    assert "Retenu pour compta@mairie.example" in words(at)
    assert "Facture envoyée par e-mail" in html_of(at)


def test_a_document_with_a_fault_says_which_rule_and_is_not_sent(signed_up: SignUp) -> None:
    an_order(invoiced=True)
    with transaction() as session:
        faults = [{"rule": "BR-CO-15", "text": "Le total TTC n’est pas HT + TVA."}]
        session.execute(sa.update(StoredFile).values(is_flagged=True, faults=faults))
    at = opened(signed_up(Role.ADMIN))
    assert "à vérifier" in words(at)
    assert "BR-CO-15\u00a0: Le total TTC n’est pas HT + TVA." in words(at)
    assert buttons(at, kind="send_document") == []


def test_a_seller_reads_their_documents_and_issues_none(signed_up: SignUp) -> None:
    an_order(invoiced=True)
    with reading() as session:
        seller_id = session.scalars(sa.select(Seller.id)).one()
    at = opened(signed_up(Role.SELLER, seller_id=seller_id))
    assert "**Facture F2026-THE-000001**" in words(at)
    assert [*buttons(at, kind="credit_note"), *buttons(at, kind="send_document")] == []


def test_support_sends_but_does_not_issue(signed_up: SignUp) -> None:
    an_order()
    at = opened(signed_up(Role.SUPPORT))
    assert buttons(at, kind="invoice") == []


def test_the_papers_of_this_order_are_asked_for_from_its_menu(signed_up: SignUp) -> None:
    an_order()
    at = opened(signed_up(Role.SUPPORT))
    menu = next(menu for menu in at.get("menu_button") if menu.label == "Imprimer")
    # Invoices are printed as they were issued, beside each; nobody collects this order.
    offered = (Paper.DELIVERY_SLIPS, Paper.ORDER_SUMMARIES, Paper.PICKING_LIST, Paper.RETURN_SLIPS)
    assert menu.options == [paper.one for paper in offered]
    at = menu.click_index(0).run()
    assert not at.exception
    assert [button.label for button in at.button if button.key == "print_confirm"] == ["Imprimer le bon de livraison"]


def test_what_was_given_back_without_a_credit_note_gets_it_later(signed_up: SignUp) -> None:
    order_id = an_order(invoiced=True)
    with transaction() as session:
        version = session.get_one(Order, order_id).version
        gesture = SettlementRequest(gesture_cents=10_00, has_credit_note=False, reason="Retard")
        settle_order(session, SYSTEM, order_id, version, gesture, "k", utc_now(), notifies=False)
    at = opened(signed_up(Role.FINANCE))
    assert "Remboursement de 10,00\u00a0€" in words(at)

    at = buttons(at, kind="credit_settlement")[0].click().run()
    assert "**Avoir de 10,00\u00a0€** TTC" in words(at)
    at = act(at)

    assert not at.exception
    assert documents() == [("F2026-THE-000001", 61_31), ("AV2026-THE-000001", -10_00)]
    assert not buttons(at, kind="credit_settlement")


def test_what_finance_credited_by_hand_meanwhile_is_not_offered_again(signed_up: SignUp) -> None:
    order_id = an_order(invoiced=True)
    with transaction() as session:
        version = session.get_one(Order, order_id).version
        gesture = SettlementRequest(gesture_cents=10_00, has_credit_note=False, reason="Retard")
        settle_order(session, SYSTEM, order_id, version, gesture, "k", utc_now(), notifies=False)
    offered = []
    for cents in (4_00, 6_00):  # Of the teapot, which is the second line.
        with transaction() as session:
            invoice_id = session.scalar(sa.select(sa.func.min(Document.id))) or 0
            issue_credit_note(session, SYSTEM, invoice_id, CreditRequest(amounts={2: cents}), "À la main", utc_now())
        offered.append(len(buttons(opened(signed_up(Role.FINANCE)), kind="credit_settlement")))
    assert offered == [1, 0]
