"""Erasing a customer's data: gone everywhere it may go, kept where the law keeps it."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.documents import DocumentKind
from db.domain.errors import NotAllowedError
from db.domain.files import FileKind
from db.domain.loyalty import PointsKind
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import (
    ActorKind,
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
    ReturnStatus,
)
from db.domain.permissions import Role
from db.domain.privacy import ERASED_NAME, ERASED_NOTE, ErasureRefusedError, PrivacyAct
from db.domain.tasks import ImportItemState, TaskKind
from db.domain.vouchers import NewVoucher
from db.emails.links import FollowUpToken
from db.emails.rendering import Draft
from db.models import (
    Address,
    Base,
    Customer,
    CustomerNote,
    Document,
    DocumentSeries,
    DueDocument,
    ImportItem,
    LedgerEntry,
    MailEvent,
    Marketplace,
    Order,
    OrderAddress,
    OrderHistory,
    OutboxMessage,
    Payment,
    PointsMovement,
    PrivacyEntry,
    Return,
    ReturnLine,
    ReturnMessage,
    ReturnPhoto,
    Settlement,
    Shipment,
    StoredFile,
    Task,
    Voucher,
)
from db.models.orders import AddressKind
from db.queries.customer_data import customer_data
from db.queries.customer_detail import CustomerNotFoundError, customer_detail
from db.queries.erasure import counts_of, erasure_plan
from db.queries.global_search import global_search
from db.services.derived import complete_customers, complete_orders
from db.services.email_templates import send_test
from db.services.follow_up import confirm_by_link
from db.services.privacy import ask_for_data, erase_customer
from db.services.voucher_mail import send_voucher_again
from db.services.vouchers import give_voucher
from tests.conftest import NOW
from tests.factories import ADMIN, create_customer, create_line, create_order, create_person, create_seller, viewer_for

#: Written into every column where a customer's name may end up.
SECRET = "Tartempion"
EMAIL = "zebulon@tartempion.example"
LATER = NOW + dt.timedelta(hours=1)


class Shelf:
    """Records which stored content was deleted."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def delete(self, ref: str) -> None:
        self.deleted.append(ref)


@pytest.fixture
def ada(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.ADMIN, name="Ada Admin")))


@pytest.fixture
def customer(session: Session) -> Customer:
    made = create_customer(
        session,
        f"Zébulon {SECRET}",
        EMAIL,
        company=f"{SECRET} SARL",
        phone="0611223344",
        external_ref=f"shop-{SECRET}",
        loyalty_points=120,
    )
    session.add(Address(customer_id=made.id, name=made.name, street=f"3 impasse {SECRET}"))
    session.add(CustomerNote(customer_id=made.id, person_name="Ada", body=f"M. {SECRET} préfère le téléphone"))
    session.flush()
    return made


def finished_order(session: Session, customer: Customer, **columns: object) -> Order:
    """An order that is over and invoiced, with the customer's name wherever it may stand."""
    columns = {"status": OrderStatus.COMPLETED, "invoice_number": "F2026-S1-000001"} | columns
    line = create_line()
    order = create_order(session, customer=customer, lines=[line], pickup_address=f"Chez {SECRET}", **columns)
    for kind in AddressKind:
        session.add(OrderAddress(order_id=order.id, kind=kind, name=customer.name, street=f"3 impasse {SECRET}"))
    facts = {"customer_name": SECRET, "status": "paid", "paid_cents": 31_90}
    entry = OrderHistory(
        order_id=order.id,
        actor_kind=ActorKind.CUSTOMER,
        actor_name=customer.name,
        event=HistoryEvent.EDITED,
        before=facts,
        after=facts | {"subject": f"Bonjour {SECRET}"},
        note=f"demandé par {SECRET}",
    )
    mail = OutboxMessage(
        order_id=order.id,
        event="move:1",
        template=EmailTemplate.MESSAGE,
        recipient_kind=RecipientKind.CUSTOMER,
        recipient=EMAIL,
        recipient_name=customer.name,
        variables={"body": SECRET},
        subject=SECRET,
        html=SECRET,
        text=SECRET,
        state=OutboxState.SENT,
    )
    to_seller = OutboxMessage(
        order_id=order.id,
        event="created",
        template=EmailTemplate.SELLER_NEW_ORDER,
        recipient_kind=RecipientKind.SELLER,
        recipient="vendeur@example.org",
        html=f"À livrer à {SECRET}",
        state=OutboxState.HELD,
    )
    payment = Payment(
        order_id=order.id,
        method=PaymentMethod.TRANSFER,
        amount_cents=31_90,
        iban="FR7630006000011234567890189",
        reference=f"Virement de Mme {SECRET}",
        refusal=f"Compte de {SECRET} clos",
    )
    settlement = Settlement(
        order_id=order.id,
        key=f"settlement-{order.id}",
        total_cents=5_00,
        has_credit_note=True,
        reason=f"Retour de Mme {SECRET}",
        deduction_reason=f"Abîmé par {SECRET}",
    )
    parcel = Shipment(order_id=order.id, message=f"Bonjour {SECRET}", received_from="192.0.2.7")
    request = Return(
        order_id=order.id,
        status=ReturnStatus.COMPLETED,
        explanation=f"Moi, {SECRET}",
        inspection=SECRET,
        gesture_reason=SECRET,
        decision=SECRET,
        taken_in_at=NOW,
    )
    session.add_all([entry, mail, to_seller, payment, settlement, parcel, request])
    session.flush()
    session.add_all(
        [
            MailEvent(provider_event_id=f"e{mail.id}", outbox_id=mail.id, kind="bounce", at=NOW, reason=EMAIL),
            ReturnLine(return_id=request.id, order_line_id=line.id, quantity=1, remark=SECRET),
            ReturnMessage(return_id=request.id, author_kind=ActorKind.CUSTOMER, author_name=SECRET, body=SECRET),
            ReturnPhoto(
                return_id=request.id,
                ref=f"returns/{request.id}/a.jpg",
                sha256="0" * 64,
                media_type="image/jpeg",
                size_bytes=3,
                added_by=ActorKind.CUSTOMER,
            ),
        ]
    )
    session.flush()
    complete_orders(session, [order.id])
    complete_customers(session, [customer.id])
    session.expire_all()
    return order


def issue_invoice(session: Session, order: Order) -> Document:
    series = DocumentSeries(
        code=f"F2026-{order.id}", kind=DocumentKind.INVOICE, seller_id=order.seller_id, year=2026, last_sequence=1
    )
    session.add(series)
    session.flush()
    document = Document(
        kind=DocumentKind.INVOICE,
        series_id=series.id,
        sequence=1,
        number=f"F2026-{order.id}-000001",
        order_id=order.id,
        seller_id=order.seller_id,
        customer_id=order.customer_id,
        customer_name=order.customer_name,
        issued_at=NOW,
        issued_on=NOW.date(),
        currency="EUR",
        net_cents=30_24,
        vat_cents=1_66,
        gross_cents=31_90,
        snapshot={"buyer": order.customer_name},
        previous_hash="",
        content_hash="h",
    )
    session.add(document)
    session.flush()
    return document


def where_it_stands(session: Session, *words: str) -> set[str]:
    """Every table, the search indexes too, in which any of the words still is."""
    session.flush()
    tables = set(sa.inspect(session.connection()).get_table_names())
    found = set()
    for table in sorted(tables):
        for row in session.execute(sa.text(f'SELECT * FROM "{table}"')):
            if any(word.casefold() in str(tuple(row)).casefold() for word in words):
                found.add(table)
    return found


def erase(session: Session, actor: Actor, customer: Customer, now: dt.datetime = LATER) -> Shelf:
    shelf = Shelf()
    erase_customer(session, actor, customer.id, now, shelf.delete)
    session.expire_all()
    return shelf


def test_the_customer_stands_nowhere_any_more_but_in_what_was_issued(
    session: Session, ada: Actor, customer: Customer
) -> None:
    order = finished_order(session, customer)
    issue_invoice(session, order)
    session.add(
        Voucher(code="ABCD", amount_cents=5_00, expires_on=NOW.date(), customer_id=customer.id, note=f"pour {SECRET}")
    )
    task = Task(kind=TaskKind.IMPORT, title="Import", person_id=ada.person_id)
    session.add(task)
    session.flush()
    session.add(
        ImportItem(
            task_id=task.id,
            position=1,
            order_id=order.id,
            payload={"name": SECRET},
            state=ImportItemState.CREATED,
            corrections=f"Téléphone de {SECRET} illisible",
        )
    )
    words = (SECRET, "0611223344", "611223344", "FR7630006000011234567890189", "192.0.2.7")
    assert len(where_it_stands(session, *words)) > 15  # It did stand everywhere.
    erase(session, ada, customer)
    assert where_it_stands(session, *words) == {"documents"}


def test_what_a_customer_does_themselves_leaves_no_name_where_nothing_is_ever_erased(
    session: Session, ada: Actor, customer: Customer
) -> None:
    session.add(Marketplace(id=1, name="Marché", points_per_euro=1))
    order = create_order(session, customer=customer, status=OrderStatus.DELIVERED, invoice_number="F-1")
    assert confirm_by_link(session, FollowUpToken(order.id, 0), None, "192.0.2.7", NOW)
    names = session.scalars(sa.select(PointsMovement.actor_name).where(PointsMovement.kind == PointsKind.EARNED)).all()
    assert names == ["Client"]
    assert set(session.scalars(sa.select(LedgerEntry.actor_name))) <= {"Client"}
    session.execute(sa.update(Order).values(status=OrderStatus.COMPLETED))
    erase(session, ada, customer)
    assert where_it_stands(session, SECRET, "192.0.2.7", "0611223344") == set()


def test_what_was_sold_paid_and_sent_back_stays_as_it_was(session: Session, ada: Actor, customer: Customer) -> None:
    order = finished_order(session, customer)
    invoice = issue_invoice(session, order)
    lines = session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables["order_lines"]))
    erase(session, ada, customer)
    assert (order.customer_name, order.total_cents, order.paid_cents) == (ERASED_NAME, 31_90, 31_90)
    assert session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables["order_lines"])) == lines
    assert session.scalars(sa.select(Payment.amount_cents)).one() == 31_90
    assert (session.get_one(Document, invoice.id).customer_name, order.customer_id) == (
        f"Zébulon {SECRET}",
        customer.id,
    )
    assert session.scalars(sa.select(Return.status)).one() is ReturnStatus.COMPLETED
    entry = session.scalars(sa.select(OrderHistory).where(OrderHistory.event == HistoryEvent.EDITED)).one()
    assert (entry.before, entry.note) == ({"status": "paid", "paid_cents": 31_90}, "")
    assert session.scalars(sa.select(OrderHistory.event).order_by(OrderHistory.id.desc())).first() is (
        HistoryEvent.CUSTOMER_ERASED
    )


def test_an_erased_customer_is_not_found_by_name_and_old_links_open_nothing(
    session: Session, ada: Actor, customer: Customer
) -> None:
    order = finished_order(session, customer)
    generation, version = order.link_generation, order.version
    assert global_search(session, ADMIN, SECRET)
    erase(session, ada, customer)
    assert global_search(session, ADMIN, SECRET) == []
    assert (order.link_generation, order.version) == (generation + 1, version + 1)


def test_a_message_that_still_waits_never_leaves(session: Session, ada: Actor, customer: Customer) -> None:
    finished_order(session, customer)
    erase(session, ada, customer)
    states = session.scalars(sa.select(OutboxMessage.state).order_by(OutboxMessage.id)).all()
    assert states == [OutboxState.SENT, OutboxState.CANCELLED]
    recipients = session.scalars(sa.select(OutboxMessage.recipient).order_by(OutboxMessage.id)).all()
    assert recipients[0].startswith("effacé-")
    assert recipients[1] == "vendeur@example.org"


def test_a_voucher_on_its_way_to_whatever_address_never_leaves_and_is_emptied(
    session: Session, ada: Actor, customer: Customer
) -> None:
    session.add(Marketplace(id=1, name="Marché"))
    session.flush()
    other = create_customer(session, "Paul", "paul@example.org")
    theirs, nobodys = (
        give_voucher(session, ada, NewVoucher(5_00, key=f"k{whose.id}", customer_id=whose.id, note=whose.name), NOW)
        for whose in (customer, other)
    )
    for voucher in (theirs, nobodys):
        send_voucher_again(session, ada, voucher.id, NOW, recipient="autre@example.org")
    # The first one went to an address that the account has no more.
    session.execute(sa.update(Customer).where(Customer.id == customer.id).values(email="neuf@example.org"))
    assert counts_of(session, customer.id)["messages"] == 2
    handed_out = customer_data(session, customer.id).sections["emails_et_sms"]
    assert [each["destinataire"] for each in handed_out] == [EMAIL, "autre@example.org"]
    erase(session, ada, customer)
    assert where_it_stands(session, SECRET, EMAIL) == set()
    rows = session.execute(sa.select(OutboxMessage.state, OutboxMessage.variables).order_by(OutboxMessage.id)).all()
    assert [(state is OutboxState.CANCELLED, "code" in said) for state, said in rows] == [
        (True, False),
        (False, True),
        (True, False),
        (False, True),
    ]


def test_a_test_e_mail_that_was_drawn_on_one_of_their_orders_is_emptied(
    session: Session, ada: Actor, customer: Customer
) -> None:
    assert ada.viewer is not None
    order, other = finished_order(session, customer), create_order(session)
    for tried_on in (order, other):
        send_test(session, ada.viewer, EmailTemplate.MESSAGE, Draft("Bonjour", "{{ message }}", tried_on.id), NOW)
    session.execute(sa.update(OutboxMessage).where(OutboxMessage.order_id.is_(None)).values(html=f"Bonjour {SECRET}"))
    erase(session, ada, customer)
    tests = sa.select(OutboxMessage.html).where(OutboxMessage.order_id.is_(None)).order_by(OutboxMessage.id)
    assert session.scalars(tests).all() == ["", f"Bonjour {SECRET}"]


@pytest.mark.parametrize(
    ("method", "kind", "kept"),
    [
        (PaymentMethod.CARD, PaymentKind.PAYMENT, "pi_3Nx"),
        (PaymentMethod.CARD, PaymentKind.REFUND, ""),
        (PaymentMethod.CHEQUE, PaymentKind.PAYMENT, ""),
    ],
)
def test_the_number_of_a_provider_s_transaction_stays_and_what_people_typed_goes(
    session: Session, ada: Actor, customer: Customer, method: PaymentMethod, kind: PaymentKind, kept: str
) -> None:
    order = finished_order(session, customer)
    state = PaymentRecordState.CAPTURED
    session.add(
        Payment(order_id=order.id, method=method, kind=kind, amount_cents=1, state=state, reference="pi_3Nx", iban="")
    )
    session.flush()
    erase(session, ada, customer)
    assert session.scalars(sa.select(Payment.reference).order_by(Payment.id)).all() == ["", kept]
    assert session.execute(sa.select(Settlement.reason, Settlement.deduction_reason)).one() == (ERASED_NOTE, "")


def test_photos_and_files_of_the_customer_alone_are_deleted_where_they_are_stored(
    session: Session, ada: Actor, customer: Customer
) -> None:
    order = finished_order(session, customer)
    photo = session.scalars(sa.select(ReturnPhoto.ref)).one()
    of_somebody_else = create_customer(session)
    for whose in (customer.id, of_somebody_else.id):
        arguments = {"customer_id": whose, "person_id": ada.person_id}
        session.add(
            StoredFile(kind=FileKind.CUSTOMER_DATA, title="Données", arguments=arguments, attempts=2, asked_at=NOW)
        )
    session.flush()
    theirs, other = session.scalars(sa.select(StoredFile.id).order_by(StoredFile.id)).all()
    shelf = erase(session, ada, customer)
    # The places that two tries may have left it at.
    assert shelf.deleted == [photo, f"customer_data/2026/11/{theirs}-1", f"customer_data/2026/11/{theirs}-2"]
    assert session.scalars(sa.select(StoredFile.id)).all() == [other]
    assert order.id


def test_points_end_at_nothing_by_one_more_movement(session: Session, ada: Actor, customer: Customer) -> None:
    erase(session, ada, customer)
    assert customer.loyalty_points == 0
    moved = session.execute(sa.select(PointsMovement.kind, PointsMovement.points).order_by(PointsMovement.id)).all()
    assert [tuple(row) for row in moved] == [(PointsKind.OPENING, 120), (PointsKind.CORRECTION, -120)]


def test_a_sale_still_to_be_invoiced_keeps_whom_the_invoice_is_for_and_nothing_else(
    session: Session, ada: Actor, customer: Customer
) -> None:
    order = finished_order(session, customer, invoice_number=None)
    plan = erasure_plan(session, ADMIN, customer.id)
    assert (plan.kept["kept_named"], plan.kept["kept_orders"]) == (1, 0)
    erase(session, ada, customer)
    assert (order.customer_name, order.customer_email) == (f"Zébulon {SECRET}", "")
    kinds = session.scalars(sa.select(OrderAddress.kind).where(OrderAddress.order_id == order.id)).all()
    assert kinds == [AddressKind.BILLING]
    erase(session, ada, customer)
    assert order.customer_name == f"Zébulon {SECRET}"  # There is nothing more to erase.
    order.invoice_number = "F2026-S1-000009"
    session.flush()
    assert not customer_detail(session, ADMIN, customer.id).is_erased
    erase(session, ada, customer)
    assert order.customer_name == ERASED_NAME
    assert customer_detail(session, ADMIN, customer.id).is_erased


def test_erasing_again_changes_nothing_until_an_order_comes_in(
    session: Session, ada: Actor, customer: Customer
) -> None:
    order = finished_order(session, customer)
    erase(session, ada, customer)
    version = order.version
    again = erase(session, ada, customer, LATER + dt.timedelta(days=1))
    assert (again.deleted, order.version) == ([], version)
    assert session.scalars(sa.select(PrivacyEntry.act)).all() == [PrivacyAct.ERASURE]
    newer = finished_order(session, customer, placed_at=LATER + dt.timedelta(days=2), customer_name=SECRET)
    erase(session, ada, customer, LATER + dt.timedelta(days=3))
    assert newer.customer_name == ERASED_NAME
    assert session.scalars(sa.select(PrivacyEntry.act)).all() == [PrivacyAct.ERASURE, PrivacyAct.ERASURE]


def test_what_was_done_is_logged_with_who_did_it_and_what_was_kept(
    session: Session, ada: Actor, customer: Customer
) -> None:
    issue_invoice(session, finished_order(session, customer))
    erase(session, ada, customer)
    entry = session.scalars(sa.select(PrivacyEntry)).one()
    assert (entry.act, entry.person_name, entry.at) == (PrivacyAct.ERASURE, "Ada Admin", LATER)
    assert entry.counts == {
        "orders": 1,
        "addresses": 1,
        "returns": 1,
        "messages": 2,
        "thread": 1,
        "photos": 1,
        "notes": 1,
        "points": 120,
        "kept_documents": 1,
        "kept_orders": 1,
    }


@pytest.mark.parametrize("status", [each for each in OrderStatus if not each.is_final])
def test_an_order_that_is_not_over_forbids_it(
    session: Session, ada: Actor, customer: Customer, status: OrderStatus
) -> None:
    create_order(session, customer=customer, status=status, number="ORD-00077")
    with pytest.raises(ErasureRefusedError, match=r"1\u00a0commande en cours \(ORD-00077\)"):
        erase(session, ada, customer)
    assert customer.name == f"Zébulon {SECRET}"


def test_a_return_a_refund_or_a_document_under_way_forbids_it(session: Session, ada: Actor, customer: Customer) -> None:
    order = finished_order(session, customer, number="ORD-00078")
    session.add(Return(order_id=order.id, status=ReturnStatus.AWAITING_PARCEL, taken_in_at=NOW))
    refund = {"kind": PaymentKind.REFUND, "method": PaymentMethod.CARD, "amount_cents": 5_00}
    session.add(Payment(order_id=order.id, state=PaymentRecordState.FAILED, **refund))
    session.add(DueDocument(order_id=order.id, kind=DocumentKind.CREDIT_NOTE, due_at=NOW))
    session.flush()
    with pytest.raises(ErasureRefusedError) as refused:
        erase(session, ada, customer)
    assert str(refused.value) == (
        "Les données de ce client ne peuvent pas encore être effacées\u00a0: 1\u00a0retour en cours (ORD-00078), "
        "1\u00a0remboursement à faire (ORD-00078) et 1\u00a0facture ou avoir à établir (ORD-00078). "
        "Terminez d’abord ce qui est en cours."
    )


def test_a_refund_that_was_made_and_a_cancelled_order_s_invoice_forbid_nothing(
    session: Session, ada: Actor, customer: Customer
) -> None:
    order = finished_order(
        session, customer, status=OrderStatus.CANCELLED, payment_state=PaymentState.REFUNDED, invoice_number=None
    )
    refund = {"kind": PaymentKind.REFUND, "method": PaymentMethod.CARD, "amount_cents": 31_90}
    session.add(Payment(order_id=order.id, state=PaymentRecordState.CAPTURED, **refund))
    # It waits in case the cancellation is taken back.
    session.add(DueDocument(order_id=order.id, kind=DocumentKind.INVOICE, due_at=NOW))
    session.flush()
    erase(session, ada, customer)
    assert customer.erased_at == LATER


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_only_administrators_erase_and_hand_out(session: Session, customer: Customer, role: Role) -> None:
    seller = {"seller_id": create_seller(session).id} if role is Role.SELLER else {}
    actor = Actor.person(viewer_for(create_person(session, role, **seller)))
    with pytest.raises(NotAllowedError):
        erase(session, actor, customer)
    with pytest.raises(NotAllowedError):
        ask_for_data(session, actor, customer.id, NOW)


def test_somebody_who_does_not_exist_is_neither_erased_nor_handed_out(session: Session, ada: Actor) -> None:
    with pytest.raises(CustomerNotFoundError):
        erase_customer(session, ada, 404, NOW, Shelf().delete)
    with pytest.raises(CustomerNotFoundError):
        ask_for_data(session, ada, 404, NOW)


def test_an_export_is_asked_for_under_a_title_without_the_name_and_logged(
    session: Session, ada: Actor, customer: Customer
) -> None:
    issue_invoice(session, finished_order(session, customer))
    file_id = ask_for_data(session, ada, customer.id, NOW)
    row = session.get_one(StoredFile, file_id)
    assert (row.kind, row.total, SECRET in row.title) == (FileKind.CUSTOMER_DATA, 3, False)
    entry = session.scalars(sa.select(PrivacyEntry)).one()
    assert (entry.act, entry.counts["documents"], entry.counts["photos"]) == (PrivacyAct.EXPORT, 1, 1)
