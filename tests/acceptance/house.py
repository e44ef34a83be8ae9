"""A marketplace at work: a shop that writes orders, people who act, a worker that works, a clock that we set."""

import datetime as dt
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web.follow_up.routes import ROUTES
from db.domain.actor import Actor
from db.domain.jobs import JobName
from db.domain.mail import Channel, OutboxState
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.payments import Receipt
from db.domain.permissions import Role
from db.domain.time import PARIS, local_day
from db.engine import reading, transaction
from db.models import Marketplace, Order, OrderHistory, OrderLine, OutboxMessage, Payment, Product, Seller
from db.services.moves import move_order
from db.services.payments import record_payment
from db.services.undo import undo_window
from db.settings import settings
from jobs.run import Run
from jobs.table import JOBS
from tests.factories import create_person, create_product, create_seller, viewer_for


@dataclass(frozen=True)
class Mail:
    """What somebody found in their mailbox or on their telephone."""

    subject: str
    text: str


@dataclass
class House:
    """The whole, on one database. Everything is committed, as clicks and jobs do."""

    engine: sa.Engine
    monkeypatch: pytest.MonkeyPatch
    now: dt.datetime = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
    people: dict[Role, Actor] = field(default_factory=dict)

    # --- The clock ---------------------------------------------------------------------------------------------------

    def set_clock(self, now: dt.datetime) -> None:
        """Have every module read this instant as the present."""
        self.now = now
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] in {"db", "jobs", "dashboard"} and hasattr(module, "utc_now"):
                self.monkeypatch.setattr(module, "utc_now", lambda: self.now)

    def on(self, day: int, month: int, hour: int = 10, year: int = 2026) -> None:
        """Go to an hour of a day in Paris; the worker works on the way, a few times a day."""
        target = dt.datetime(year, month, day, hour, tzinfo=PARIS).astimezone(dt.UTC)
        while self.now < target:
            self.set_clock(min(target, self.now + dt.timedelta(hours=8)))
            self.work()

    def a_minute_later(self) -> None:
        """Let the undo window pass, and the worker work."""
        with reading(self.engine) as session:
            window = undo_window(session)
        self.set_clock(self.now + window + dt.timedelta(seconds=1))
        self.work()

    def work(self) -> None:
        """Run every job twice: what one leaves, another one takes. E-mails leave last, as their documents are made."""
        run = Run(self.engine, "acceptance", Event())
        for _ in range(2):
            for job in sorted(JOBS, key=lambda each: each.name is JobName.DELIVER_EMAILS):
                job.function(run)

    # --- Who takes part ----------------------------------------------------------------------------------------------

    def opens(self, name: str, **columns: Any) -> None:
        """Found the marketplace."""
        with transaction(self.engine) as session:
            session.add(Marketplace(id=1, name=name, email="contact@example.org", **columns))
            for role in (Role.SUPPORT, Role.FINANCE, Role.ADMIN):
                self.people[role] = Actor.person(viewer_for(create_person(session, role)))

    def welcomes_seller(self, name: str, products: Mapping[str, int], **columns: Any) -> None:
        """Add a seller with products: reference → price in cents."""
        with transaction(self.engine) as session:
            seller = create_seller(session, name, **columns)
            for sku, cents in products.items():
                create_product(session, seller, sku.title(), sku=sku, unit_price_cents=cents, stock=10)

    # --- The shop ----------------------------------------------------------------------------------------------------

    def shop_sells(self, number: str, lines: Mapping[str, int], **columns: Any) -> None:
        """Write an order as the shop does: plain rows, nothing derived. Lines: reference → units."""
        card = columns.pop("card", False)
        with transaction(self.engine) as session:
            products = self._products(session, lines)
            items = sum(product.unit_price_cents * lines[product.sku] for product in products)
            shipping = columns.get("shipping_cents", 0)
            values = {
                "number": number,
                "seller_id": products[0].seller_id,
                "customer_name": "Zoé Le Goff",
                "customer_email": "zoe@example.org",
                "items_cents": items,
                "total_cents": items + shipping,
                "placed_at": self.now,
            }
            order_id = session.scalar(sa.insert(Order).values(values | columns).returning(Order.id))
            for position, product in enumerate(products, start=1):
                units = lines[product.sku]
                session.add(
                    OrderLine(
                        order_id=order_id,
                        position=position,
                        sku=product.sku,
                        name=product.name,
                        supplier=columns.get("supplier", ""),
                        quantity=units,
                        unit_price_cents=product.unit_price_cents,
                        total_cents=product.unit_price_cents * units,
                    )
                )
            if card:
                session.add(
                    Payment(
                        order_id=order_id,
                        method="card",
                        state="captured",
                        amount_cents=items + shipping,
                        reference="psp-1",
                    )
                )
        self.work()

    def _products(self, session: Session, lines: Mapping[str, int]) -> Sequence[Product]:
        found = session.scalars(sa.select(Product).where(Product.sku.in_(lines)).order_by(Product.id)).all()
        assert len(found) == len(lines)
        return found

    # --- Staff -------------------------------------------------------------------------------------------------------

    def staff_moves(self, number: str, target: OrderStatus, **words: Any) -> None:
        """Move an order, as a click on its page does."""
        order = self.order(number)
        with transaction(self.engine) as session:
            move = Move(target, **words)
            move_order(session, self.people[Role.SUPPORT], order.id, move, self.now, version=order.version)

    def finance_receives(self, number: str, cents: int, method: Any, reference: str) -> None:
        """« Paiement reçu »."""
        order = self.order(number)
        receipt = Receipt(local_day(self.now), cents, method, reference)
        with transaction(self.engine) as session:
            record_payment(session, self.people[Role.FINANCE], order.id, order.version, receipt, self.now)

    # --- What is there -----------------------------------------------------------------------------------------------

    def order(self, number: str) -> Order:
        with reading(self.engine) as session:
            return session.scalars(sa.select(Order).where(Order.number == number)).one()

    def status(self, number: str) -> OrderStatus:
        return self.order(number).status

    def line_ids(self, number: str) -> dict[str, int]:
        """Return the lines of an order by reference."""
        with reading(self.engine) as session:
            found = sa.select(OrderLine.sku, OrderLine.id).where(OrderLine.order_id == self.order(number).id)
            return {row.sku: row.id for row in session.execute(found)}

    def history(self, number: str) -> list[OrderHistory]:
        with reading(self.engine) as session:
            found = sa.select(OrderHistory).where(OrderHistory.order_id == self.order(number).id)
            return list(session.scalars(found.order_by(OrderHistory.at, OrderHistory.id)))

    def mails_to(self, address: str) -> list[Mail]:
        """Return what an address was sent, oldest first."""
        return self._sent(address, Channel.EMAIL)

    def subjects_to(self, address: str) -> list[str]:
        return [mail.subject for mail in self.mails_to(address)]

    def texts_to(self, number: str) -> list[str]:
        """Return the SMS that a mobile was sent, oldest first."""
        return [mail.text for mail in self._sent(number, Channel.SMS)]

    def _sent(self, recipient: str, channel: Channel) -> list[Mail]:
        with reading(self.engine) as session:
            found = session.execute(
                sa.select(OutboxMessage.subject, OutboxMessage.text)
                .where(
                    OutboxMessage.recipient == recipient,
                    OutboxMessage.channel == channel,
                    OutboxMessage.state == OutboxState.SENT,
                )
                .order_by(OutboxMessage.sent_at, OutboxMessage.id)
            )
            return [Mail(row.subject, row.text) for row in found]

    def seller_email(self, name: str) -> str:
        with reading(self.engine) as session:
            return session.scalars(sa.select(Seller.email).where(Seller.name == name)).one()

    # --- The customer ------------------------------------------------------------------------------------------------

    def customer_opens(self, mail: Mail) -> "FollowUpPage":
        """Follow the link of an e-mail."""
        found = re.search(rf"{re.escape(settings().public_url)}(/suivi/\S+)", mail.text)
        assert found, mail.text
        return FollowUpPage(TestClient(Starlette(routes=ROUTES), base_url=settings().public_url), found[1])


@dataclass
class FollowUpPage:
    """The customer's page, as a browser without JavaScript has it."""

    client: TestClient
    path: str

    @property
    def html(self) -> str:
        answer = self.client.get(self.path)
        assert answer.status_code == 200
        return answer.text

    def asks_to_return(self, units: Mapping[int, int], reason: str, explanation: str) -> str:
        """Fill in the form of a return, by order line; return the page that follows, as it reads."""
        form = self.client.get(f"{self.path}/retour")
        assert form.status_code == 200
        key = re.search(r'name="cle" value="([^"]+)"', form.text)
        assert key
        fields = {"cle": key[1], "motif": reason, "explication": explanation, "article": [str(each) for each in units]}
        fields |= {f"unites-{line_id}": str(count) for line_id, count in units.items()}
        answer = self.client.post(f"{self.path}/retour", data=fields, headers={"Origin": settings().public_url})
        assert answer.status_code == 200, answer.text  # After the redirection to the return's page.
        return answer.text

    def confirms(self, shipment_id: int) -> None:
        """Press « J’ai bien reçu ce colis », and confirm."""
        asked = self.client.get(f"{self.path}/reception", params={"colis": shipment_id})
        assert asked.status_code == 200
        answer = self.client.post(
            f"{self.path}/reception", data={"colis": str(shipment_id)}, headers={"Origin": settings().public_url}
        )
        assert answer.status_code == 200  # After the redirection to the page.
