"""E-mails as they are read: every default text, on every kind of order, and what batches and drafts do."""

import datetime as dt
import itertools
import re
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from itsdangerous import TimestampSigner
from sqlalchemy.orm import Session

from db.domain.mail import STATUS_TEMPLATES, EmailTemplate, RecipientKind
from db.domain.orders import DeliveryMode, OrderStatus, PaymentState
from db.emails.example import EXAMPLE_EXTRA
from db.emails.links import read_follow_up_token
from db.emails.rendering import check, preview, render_batch
from db.emails.texts import default_text
from db.emails.types import Rendered, RenderingError
from db.models import EmailTemplateVersion, Marketplace, OrderAddress, OutboxMessage, Shipment, StatusSetting
from db.models.orders import AddressKind
from tests.conftest import NOW
from tests.factories import create_customer, create_line, create_order, create_seller

T = EmailTemplate


class Checked(HTMLParser):
    """Collects addresses and text, and fails on tags that do not close."""

    VOID = frozenset({"meta", "img", "br", "link"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.feed(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name == "href" and tag == "a"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def market(session: Session) -> Marketplace:
    row = Marketplace(
        id=1,
        name="Marché d’ici",
        legal_name="Marché d’ici SAS",
        siren="928017623",
        vat_number="FR09928017623",
        street="12 quai Émile-Zola",
        postcode="35000",
        city="Rennes",
        email="bonjour@example.org",
        sender_email="commandes@example.org",
        payment_url_pattern="https://boutique.example/payer/{number}",
        product_url_pattern="https://boutique.example/p/{reference}",
    )
    session.add(row)
    session.flush()
    return row


def new_order(session: Session, **columns: object):
    seller = create_seller(session, "Maison du thé", email="the@example.org", street="3 place", city="Toulouse")
    customer = create_customer(session, columns.pop("customer_name", "Évelyne Morin"), phone="0612345678")
    lines = [
        create_line("Thé vert bio", total_cents=25_00, quantity=2, sku="THE 1", attributes={"Contenance": "100 g"}),
        create_line("Théière", total_cents=15_90, sku="THE-2"),
    ]
    order = create_order(
        session,
        seller,
        customer,
        **{
            "total_cents": 45_80,
            "lines": lines,
            "number": f"A-{next(NUMBERS)}",
            "items_cents": 40_90,
            "shipping_cents": 4_90,
            "item_count": 3,
            "carrier": "Colissimo",
            "ship_by": dt.date(2026, 11, 24),
            "expected_delivery_on": dt.date(2026, 11, 26),
        }
        | columns,
    )
    for kind, street in ((AddressKind.BILLING, "1 rue des Lilas"), (AddressKind.DELIVERY, "2 rue du Port")):
        session.add(
            OrderAddress(
                order_id=order.id, kind=kind, name="É. Morin", street=street, postcode="31000", city="Toulouse"
            )
        )
    session.flush()
    return order


NUMBERS = itertools.count(1)


def letter(session: Session, order, template: EmailTemplate, **columns: object) -> OutboxMessage:
    row = OutboxMessage(
        **{
            "order_id": order.id if order else None,
            "event": f"test:{next(NUMBERS)}",
            "template": template,
            "recipient_kind": template.recipient_kind,
            "recipient": "x@example.org",
            "variables": {},
        }
        | columns
    )
    session.add(row)
    session.flush()
    return row


def rendered(session: Session, order, template: EmailTemplate, **variables: object) -> Rendered:
    row = letter(session, order, template, variables=variables)
    made = render_batch(session, [row], NOW)[row.id]
    assert isinstance(made, Rendered), made
    return made


def orders_followed_in(text: str) -> set[int]:
    """The orders whose follow-up pages a text leads to; links are dated, two of one order need not be alike."""
    said = (read_follow_up_token(token, dt.timedelta(days=1)) for token in re.findall(r"/suivi/([\w.-]+)", text))
    return {token.order_id for token in said if token}


def test_every_default_text_passes_its_own_check() -> None:
    for template in EmailTemplate:
        text = default_text(template)
        assert check(template, text.subject, text.body) == [], template


def test_every_email_of_every_status_and_delivery_mode_is_whole(session: Session, market: Marketplace) -> None:
    modes = {DeliveryMode.PICKUP_POINT: "Relais du Port\n5 quai", DeliveryMode.CLICK_AND_COLLECT: ""}
    for status, mode in itertools.product(OrderStatus, DeliveryMode):
        order = new_order(
            session,
            status=status,
            delivery_mode=mode,
            pickup_address=modes.get(mode, ""),
            status_before_error=OrderStatus.PAID if status is OrderStatus.ERROR else None,
            payment_state=PaymentState.UNPAID if status is OrderStatus.AWAITING_PAYMENT else PaymentState.PAID,
        )
        rows = [letter(session, order, template, variables=dict(EXAMPLE_EXTRA)) for template in EmailTemplate]
        made = render_batch(session, rows, NOW)
        for row in rows:
            email = made[row.id]
            assert isinstance(email, Rendered), (status, mode, row.template, email)
            page = Checked(email.html)
            for part in (email.subject, email.text, page.text):
                assert "{{" not in part
                assert "{%" not in part
                assert "None" not in part
                assert not re.search("[\ue000-\ue003]", part)
            assert "**" not in email.text
            assert not re.search(r"<\w", email.text)
            assert "Marché d’ici SAS" in email.text
            assert "SIREN 928\u00a0017\u00a0623" in email.text
            assert all(address.startswith(("http://", "https://", "mailto:")) for address in page.addresses)
            if row.template.recipient_kind is RecipientKind.CUSTOMER:
                assert orders_followed_in(" ".join(page.addresses)) == {order.id}
                assert orders_followed_in(email.text) == {order.id}


def test_the_subjects_of_the_two_emails_the_domain_names(session: Session, market: Marketplace) -> None:
    order = new_order(session, number="ORD-00012")
    assert rendered(session, order, T.ORDER_CONFIRMATION).subject == "Marché d’ici – Confirmation de commande ORD-00012"
    assert rendered(session, order, T.ORDER_SHIPPED).subject == (
        "Marché d’ici – Commande envoyée (Numéro de commande ORD-00012)"
    )


def test_who_writes_and_who_is_answered(session: Session, market: Marketplace) -> None:
    email = rendered(session, new_order(session), T.PAYMENT_RECEIVED)
    assert (email.from_email, email.from_name, email.reply_to) == (
        "commandes@example.org",
        "Marché d’ici",
        "bonjour@example.org",
    )
    market.sender_email, market.reply_to_email = "", "aide@example.org"
    session.flush()
    email = rendered(session, new_order(session), T.PAYMENT_RECEIVED)
    assert (email.from_email, email.reply_to) == ("bonjour@example.org", "aide@example.org")


def test_a_marketplace_nobody_introduced_still_writes_from_its_own_host(session: Session) -> None:
    assert rendered(session, new_order(session), T.PAYMENT_RECEIVED).from_email == "ne-pas-repondre@127.0.0.1"


@pytest.mark.parametrize("template", [T.SELLER_NEW_ORDER, T.SELLER_RECEIPT_CONFIRMED])
def test_a_seller_reads_everything_they_need_and_what_comes_next(
    session: Session, market: Marketplace, template: EmailTemplate
) -> None:
    order = new_order(session, status=OrderStatus.PAID, number="ORD/9")
    email = rendered(session, order, template)
    page = Checked(email.html)
    for said in (
        "Thé vert bio",
        "Contenance\u00a0: 100 g",
        "12,50\u00a0€",
        "25,00\u00a0€",
        "1 rue des Lilas",
        "2 rue du Port",
        "À domicile",
        "Colissimo",
        "3\u00a0articles",
        "45,80\u00a0€",
        "Voir ma commande",
        "La suite",
    ):
        assert said in page.text.replace("Contenance : ", "Contenance\u00a0: ") or said in email.html, said
        assert said in email.text, said
    assert "https://boutique.example/p/THE%201" in page.addresses
    assert "http://127.0.0.1:8501/commande?n=ORD%2F9" in page.addresses
    assert "Commandée" not in page.text  # The steps are the customer's.


def test_a_link_in_a_seller_s_letter_confirms_nothing_in_their_customer_s_place(session: Session, market) -> None:
    body = "{{ lien_suivi }} {{ bouton_suivi }}"
    for template, on_paper in ((T.SELLER_NEW_ORDER, True), (T.ORDER_SHIPPED, False)):
        text = preview(session, template, new_order(session).id, body=body).text
        tokens = [read_follow_up_token(each, dt.timedelta(days=1)) for each in re.findall(r"/suivi/([\w.-]+)", text)]
        assert len(tokens) >= 2
        assert {token.on_paper for token in tokens if token} == {on_paper}


def test_a_seller_is_told_to_wait_for_the_payment_or_where_the_customer_comes(session: Session, market) -> None:
    unpaid = new_order(session, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    assert "ne préparez rien pour l’instant" in rendered(session, unpaid, T.SELLER_NEW_ORDER).text
    parcel = new_order(session)
    assert "au plus tard le mardi 24 novembre 2026" in rendered(session, parcel, T.SELLER_NEW_ORDER).text
    collected = new_order(session, delivery_mode=DeliveryMode.CLICK_AND_COLLECT)
    assert "1. Mettez les articles de côté" in rendered(session, collected, T.SELLER_NEW_ORDER).text


def test_the_head_tells_the_status_of_the_email_not_of_the_order_today(session: Session, market: Marketplace) -> None:
    order = new_order(session, status=OrderStatus.COMPLETED)
    email = rendered(session, order, T.ORDER_PREPARING, status="preparing")
    assert email.text.startswith(f"Votre commande {order.number}\u00a0: étape 3 sur 5, En préparation\n")
    assert f'aria-label="Votre commande {order.number}\u00a0: étape 3 sur 5, En préparation' in email.html


def test_an_unpaid_order_gets_the_link_that_resumes_its_payment(session: Session, market: Marketplace) -> None:
    order = new_order(session, number="A B", status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    for template in (T.ORDER_CONFIRMATION, T.PAYMENT_REMINDER):
        assert "https://boutique.example/payer/A%20B" in Checked(rendered(session, order, template).html).addresses
    paid = new_order(session)
    assert "boutique.example/payer" not in rendered(session, paid, T.ORDER_CONFIRMATION).text


def test_an_announced_parcel_is_told_with_its_lines_and_its_link(session: Session, market: Marketplace) -> None:
    order = new_order(session, status=OrderStatus.PARTLY_SHIPPED)
    line_id = session.scalar(
        sa.text("SELECT id FROM order_lines WHERE order_id = :o AND position = 1"), {"o": order.id}
    )
    email = rendered(
        session,
        order,
        T.ORDER_PARTLY_SHIPPED,
        status="partly_shipped",
        lines={str(line_id): 1},
        carrier="Chronopost",
        tracking_number="XY1",
        tracking_url="https://chronopost.example/XY1",
        message="Fragile\u00a0!",
    )
    page = Checked(email.html)
    assert "https://chronopost.example/XY1" in page.addresses
    assert "1 × Thé vert bio\u00a0: 12,50\u00a0€" in email.text
    assert "Théière" not in email.text
    assert "Chronopost · Colis n°\u00a0XY1" in email.text
    assert "| Fragile\u00a0!" in email.text


def test_without_words_of_its_own_an_email_tells_the_newest_parcel(session: Session, market: Marketplace) -> None:
    order = new_order(session, status=OrderStatus.SHIPPED)
    for number in ("OLD", "NEW"):
        session.add(
            Shipment(
                order_id=order.id, carrier="GLS", tracking_number=number, tracking_url=f"https://gls.example/{number}"
            )
        )
        session.flush()
    assert "https://gls.example/NEW" in rendered(session, order, T.ORDER_SHIPPED).text


def test_a_message_says_what_staff_wrote_and_nothing_else_is_read_in_it(session: Session, market: Marketplace) -> None:
    order = new_order(session)
    email = rendered(
        session, order, T.MESSAGE, subject="Votre **colis**", body="Bonjour,\n\n{{ total }} & <b>vu</b>\n\nLéa"
    )
    assert email.subject == "Votre **colis**"
    assert "Bonjour,<br><br>{{ total }} &amp; &lt;b&gt;vu&lt;/b&gt;<br><br>Léa" in email.html
    assert "Bonjour,\n\n{{ total }} & <b>vu</b>\n\nLéa" in email.text


def test_customers_names_stay_text_and_subjects_one_line(session: Session, market: Marketplace) -> None:
    order = new_order(session, customer_name="<script>alert(1)</script>\r\nBcc: a@b.c")
    market.name = "Marché\r\nBcc: a@b.c"
    session.flush()
    email = rendered(session, order, T.ORDER_CONFIRMATION)
    assert "<script>" not in email.html
    assert "\n" not in email.subject
    assert "\r" not in email.subject
    Checked(email.html)


def test_one_letter_that_cannot_be_rendered_stops_no_other(session: Session, market: Marketplace) -> None:
    session.add(EmailTemplateVersion(template=T.ORDER_READY, subject="a", body="{{ disparue }}"))
    order = new_order(session)
    good, bad = letter(session, order, T.ORDER_SHIPPED), letter(session, order, T.ORDER_READY)
    made = render_batch(session, [good, bad], NOW)
    assert isinstance(made[good.id], Rendered)
    assert isinstance(made[bad.id], RenderingError)
    assert "la variable « disparue » n’existe pas" in str(made[bad.id])


def test_the_newest_version_counts_and_a_return_to_the_default_is_one(session: Session, market: Marketplace) -> None:
    order = new_order(session)
    for subject, is_default in (("un", False), ("deux", False)):
        session.add(EmailTemplateVersion(template=T.ORDER_READY, subject=subject, body="x", is_default=is_default))
        session.flush()
        assert rendered(session, order, T.ORDER_READY).subject == subject
    session.add(EmailTemplateVersion(template=T.ORDER_READY, subject="ancien", body="x", is_default=True))
    session.flush()
    assert rendered(session, order, T.ORDER_READY).subject == f"Marché d’ici – Votre commande {order.number} est prête"


def test_a_batch_takes_as_many_statements_as_one_letter(session: Session, market: Marketplace) -> None:
    rows = [letter(session, new_order(session), T.ORDER_SHIPPED) for _ in range(6)]
    counted = []
    for batch in (rows[:1], rows):
        statements: list[str] = []
        connection = session.connection()
        listener = lambda *arguments: statements.append(arguments[2])  # noqa: E731, B023  called within the loop
        sa.event.listen(connection, "before_cursor_execute", listener)
        render_batch(session, batch, NOW)
        sa.event.remove(connection, "before_cursor_execute", listener)
        counted.append(len(statements))
    assert counted == [9, 9]


def test_a_draft_is_tried_on_its_order_and_never_saved(session: Session, market: Marketplace) -> None:
    order = new_order(session)
    draft = {"subject": "[Test] {{ numero }}", "body": "Essai {{ total }}", "order_id": order.id}
    row = letter(session, None, T.ORDER_READY, variables={"draft": draft})
    made = render_batch(session, [row], NOW)[row.id]
    assert isinstance(made, Rendered)
    assert made.subject == f"[Test] {order.number}"
    assert "Essai 45,80\u00a0€" in made.text


def test_a_preview_is_what_the_batch_sends(
    session: Session, market: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Links to the follow-up page bear the second they were made in.
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(NOW.timestamp()))
    order = new_order(session, status=OrderStatus.SHIPPED)
    words = {"status": "shipped", "message": "Merci", "carrier": "GLS"}
    assert preview(session, T.ORDER_SHIPPED, order.id, variables=words) == rendered(
        session, order, T.ORDER_SHIPPED, **words
    )


def test_a_preview_without_an_order_shows_one_that_never_was(session: Session) -> None:
    shown = preview(session, T.ORDER_CONFIRMATION, None)
    assert "62038bc9-398dfb-001" in shown.subject
    assert "Thé vert bio" in shown.text


def test_a_preview_tells_the_status_its_template_is_for(session: Session, market: Marketplace) -> None:
    order = new_order(session, status=OrderStatus.AWAITING_PAYMENT)
    for status, template in STATUS_TEMPLATES.items():
        if template.recipient_kind is RecipientKind.CUSTOMER and status is not OrderStatus.CANCELLED:
            assert "étape" in preview(session, template, order.id).text
    session.add(StatusSetting(status=OrderStatus.READY, label="À retirer", colour="teal"))
    session.flush()
    assert "À retirer" in preview(session, T.ORDER_READY, order.id, body="{{ statut }}").text


@pytest.mark.parametrize(
    ("subject", "body", "sentence"),
    [
        ("", "x", "Un e-mail a besoin d’un objet et d’un texte."),
        (
            "{{ clien }}",
            "x",
            "Objet, ligne 1\u00a0: la variable « clien » n’existe pas. Vouliez-vous dire « client »\u00a0?",
        ),
        ("x", "{{ 1 + 1 }}", "Texte, ligne 1\u00a0: les calculs ne sont pas permis ici."),
        ("{{ bouton_suivi }} x", "y", "Objet, les blocs et les boutons n’y ont pas leur place"),
        ("{{ document if not numero }}", "x", "L’objet de cet e-mail est vide."),
        ("x", "{% if numero > 3 %}a{% endif %}", "Une instruction de ce modèle ne convient pas"),
    ],
)
def test_a_check_says_what_is_wrong_before_saving(subject: str, body: str, sentence: str) -> None:
    (found,) = check(T.ORDER_READY, subject, body)
    assert found.startswith(sentence)


def test_the_message_template_keeps_its_place_for_the_message() -> None:
    (found,) = check(T.MESSAGE, "x", "Bonjour {{ client }}")
    assert "il manque {{ message }}" in found


@pytest.mark.parametrize(
    ("method", "sentences"), [("card", 1), ("paypal", 1), ("transfer", 1), ("cheque", 0), ("cash", 0)]
)
@pytest.mark.parametrize("amount", [{"amount_cents": 12_50}, {}])
def test_money_that_a_bank_carries_takes_days_and_money_in_hand_does_not(
    session: Session, method: str, sentences: int, amount: dict[str, int]
) -> None:
    mail = preview(session, T.REFUND_DONE, new_order(session).id, variables=amount | {"refund_method": method})
    assert mail.text.count("La somme") == mail.text.count("La somme vous parvient sous quelques jours ouvrés.")
    assert mail.text.count("La somme") == sentences
