"""Three years of a French marketplace, up to ``now``: deterministic by seed, of any size, in bounded memory."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NoReturn

import sqlalchemy as sa
from tqdm import tqdm

from db.bulk import BulkLoad, bulk_load
from db.demo import identifiers, rhythm
from db.demo.accounts import add_accounts
from db.demo.baskets import Oddity, draw_basket, draw_sizes
from db.demo.customers import DemoCustomer, draw_customer
from db.demo.documents import SINCE, add_documents
from db.demo.lives import draw_life
from db.demo.mail import add_mail, add_message_templates
from db.demo.names import TOWN_HALLS
from db.demo.payouts import add_payouts
from db.demo.rows import RowWriter
from db.demo.sellers import Market, draw_market
from db.demo.settlements import add_settlements
from db.demo.stock import StockBook
from db.domain.errors import MarketplaceError
from db.engine import reading, transaction
from db.models import Base, Basket, Customer, Marketplace, Order, Product, Seller, StockMovement, Supplier
from db.services.audit_chain import seal
from db.services.figures import refresh_figures
from db.settings import settings

DEFAULT_ORDERS = 20_000
DEFAULT_SEED = 1
MOST_ORDERS = 10_000_000

_ORDERS_PER_BATCH = 2_000
#: More than any demo notes in the audit log: some for each payout.
_ALL_ENTRIES = 10_000_000
#: Below this, building indexes apart costs more than it saves, and readers would wait for nothing.
_REBUILD_INDEXES_FROM = 5_000

#: One basket in so many is a newcomer's; it makes about one customer per three orders.
_SHARE_NEWCOMERS = 0.43
_SHARE_TOWN_HALL = 0.001
#: Those who come back are often the same: every tenth customer is a regular, every hundredth a devotee.
_LOYALTY = ((100, 0.15, 900), (10, 0.55, 240), (1, 1.0, 40))

#: How many days ago something odd was ordered: recent enough to be seen, old enough to have gone wrong.
_ODD_DAYS = {
    2: Oddity.ERROR,
    3: Oddity.GIFT,
    4: Oddity.MANY_LINES,
    5: Oddity.THREE_RATES,
    9: Oddity.ERROR,
    14: Oddity.OVERPAID,
    16: Oddity.PART_PAID,
    19: Oddity.STUCK_CONFIRMING,
    27: Oddity.STUCK_READY,
    29: Oddity.STUCK_PARTLY_SHIPPED,
    33: Oddity.MANY_LINES,
    36: Oddity.PART_PAID,
    45: Oddity.RETURN_REQUESTED,
    48: Oddity.RETURN_AWAITING_PARCEL,
}


class DatabaseNotEmptyError(MarketplaceError):
    """Demo data goes into an empty database only."""

    def __init__(self) -> None:
        super().__init__(
            "Cette base contient déjà des données : les données de démonstration ne s'y ajoutent pas. "
            "Indiquez une base vide dans DATABASE_URL."
        )


class OrderCountError(MarketplaceError):
    """So many orders cannot be made."""

    def __init__(self) -> None:
        most = f"{MOST_ORDERS:,}".replace(",", "\u202f")
        super().__init__(f"Le nombre de commandes de démonstration doit être compris entre 1 et {most}.")


@dataclass(frozen=True, slots=True)
class DemoReport:
    """How much there is now."""

    sellers: int
    products: int
    customers: int
    baskets: int
    orders: int


def generate(
    engine: sa.Engine,
    *,
    now: dt.datetime,
    orders: int = DEFAULT_ORDERS,
    seed: int = DEFAULT_SEED,
    show_progress: bool = False,
) -> DemoReport:
    """Fill an empty, migrated database with demo data, all of it or nothing.

    Args:
        engine: The database.
        now: The instant the data goes up to; nothing in it is later.
        orders: How many orders to make; customers follow.
        seed: The same seed, size and instant give the same rows.
        show_progress: Draw a progress bar on stderr.

    Raises:
        DatabaseNotEmptyError: The database already holds orders, customers, sellers or products.
        OrderCountError: The number of orders is out of range.
    """
    if not 1 <= orders <= MOST_ORDERS:
        raise OrderCountError
    # Asked before anything is locked, and again when nobody else can write any more.
    with reading(engine) as session:
        _refuse_unless_empty(lambda model: not session.scalar(sa.select(sa.exists(sa.select(model)))))
    rebuild_indexes = orders >= _REBUILD_INDEXES_FROM
    with (
        tqdm(total=orders, unit=" commandes", unit_scale=True, disable=not show_progress) as progress,
        bulk_load(engine, rebuild_indexes=rebuild_indexes) as load,
    ):
        _refuse_unless_empty(load.is_empty)
        report = _Generator(load, now, orders, seed, progress).run()
    with transaction(engine) as session:
        add_message_templates(session, now)
        add_mail(session, now, seed)
        add_documents(session, now)
        add_accounts(session, now)
        add_settlements(session, now)
        add_payouts(session, now)
        # At once, so that what was noted of the last weeks is in the order of time, as if sealed since then.
        seal(session, now, limit=_ALL_ENTRIES)
    _keep_figures(engine)
    return report


def _keep_figures(engine: sa.Engine) -> None:
    """Count the figures of all days now: the first screen shows them, and not the worker at work."""
    while True:
        with transaction(engine) as session:
            if not refresh_figures(session):
                return


def _refuse_unless_empty(is_empty: Callable[[type[Base]], bool]) -> None:
    if not all(map(is_empty, (Order, Customer, Basket, Seller, Supplier, Product))):
        raise DatabaseNotEmptyError


class _Generator:
    """Day after day, basket after basket; each day draws from its own source, so memory stays flat."""

    def __init__(self, load: BulkLoad, now: dt.datetime, orders: int, seed: int, progress: "tqdm[NoReturn]") -> None:
        self._load = load
        self._now = now
        self._total = orders
        self._seed = seed
        self._progress = progress
        self._stock = StockBook(now - SINCE, now)
        self._writer = RowWriter(now - SINCE, self._stock)
        self._orders = 0
        self._unwritten = 0
        self._baskets = 0
        self._customers = 0

    def run(self) -> DemoReport:
        """Make everything and hand it to the load."""
        rng = Random(self._seed)
        days = rhythm.orders_per_day(rng, self._total, self._now)
        opened_on = min(days) - dt.timedelta(days=30)
        market = draw_market(rng, dt.datetime.combine(opened_on, dt.time(9), dt.UTC))
        self._write_market(market, rng)
        for town_hall in range(1, len(TOWN_HALLS) + 1):
            self._add_customer(town_hall, dt.datetime.combine(opened_on, dt.time(10), dt.UTC))
        for day, wanted in days.items():
            self._make_day(market, day, wanted, _ODD_DAYS.get((max(days) - day).days))
        self._writer.flush(self._load)
        self._load.insert(StockMovement, list(self._stock.first_rows(self._seed)))
        # The load now builds indexes and statistics: a bar that stands at its end should say what it waits for.
        self._progress.set_description("Index et statistiques")
        return DemoReport(
            len(market.seller_rows), len(market.product_rows), self._customers, self._baskets, self._orders
        )

    def _make_day(self, market: Market, day: dt.date, wanted: int, oddity: Oddity | None) -> None:
        rng = Random(f"{self._seed}/{day.isoformat()}")
        sizes = draw_sizes(rng, wanted, oddity)
        for size, instant in zip(sizes, rhythm.draw_instants(rng, day, len(sizes), self._now), strict=True):
            self._make_basket(rng, market, instant, size, oddity)
            oddity = None
        self._progress.update(wanted)
        if self._unwritten >= _ORDERS_PER_BATCH:
            self._writer.flush(self._load)
            self._unwritten = 0

    def _make_basket(
        self, rng: Random, market: Market, placed_at: dt.datetime, size: int, oddity: Oddity | None
    ) -> None:
        customer = self._draw_customer(rng, placed_at)
        self._baskets += 1
        reference = f"{int(placed_at.timestamp()):08x}-f{rng.getrandbits(36):09x}-{rng.getrandbits(24):06x}"
        self._writer.add_basket(self._baskets, reference, customer.id, placed_at)
        drafts = draw_basket(rng, market, customer, placed_at, size, oddity)
        for position, draft in enumerate(drafts, start=1):
            self._orders += 1
            life = draw_life(rng, draft, self._now, self._now - SINCE)
            self._writer.add_order(self._orders, self._baskets, f"{reference}-{position:03d}", draft, life)
        self._unwritten += size

    def _draw_customer(self, rng: Random, at: dt.datetime) -> DemoCustomer:
        draw = rng.random()
        if draw < _SHARE_TOWN_HALL:
            return draw_customer(self._seed, rng.randint(1, len(TOWN_HALLS)))
        if draw < _SHARE_TOWN_HALL + _SHARE_NEWCOMERS or self._customers == len(TOWN_HALLS):
            return self._add_customer(self._customers + 1, at)
        draw = rng.random()
        step = next(step for step, up_to, _ in _LOYALTY if draw < up_to)
        known = self._customers - len(TOWN_HALLS)
        number = rng.randrange((known + step - 1) // step) * step
        return draw_customer(self._seed, len(TOWN_HALLS) + 1 + number)

    def _add_customer(self, number: int, at: dt.datetime) -> DemoCustomer:
        customer = draw_customer(self._seed, number)
        points = next(most for step, _, most in _LOYALTY if (number - len(TOWN_HALLS) - 1) % step == 0)
        self._customers = number
        self._writer.add_customer(customer, at, number * 7_919 % points)
        return customer

    def _write_market(self, market: Market, rng: Random) -> None:
        self._load.insert(Supplier, market.supplier_rows)
        self._load.insert(Seller, market.seller_rows)
        self._load.insert(Product, market.product_rows)
        self._stock.count(market.product_rows)
        if self._load.is_empty(Marketplace):
            self._load.insert(Marketplace, [_marketplace_row(rng)])


def _marketplace_row(rng: Random) -> dict[str, object]:
    """Return the operator: what the settings say of it, and a fictitious, valid identity for the rest."""
    given = settings()
    siren = given.marketplace_siren or identifiers.siren(rng)
    email = given.marketplace_email or "bonjour@example.org"
    return {
        "id": 1,
        "name": given.marketplace_name,
        "legal_name": given.marketplace_legal_name or f"{given.marketplace_name} SAS",
        "siren": siren,
        "vat_number": given.marketplace_vat_number or identifiers.vat_number(siren),
        "street": "12 quai Émile-Zola",
        "postcode": "35000",
        "city": "Rennes",
        "email": email,
        "sender_email": email,
        "copy_email": email,
        "payment_url_pattern": "https://boutique.example.org/payer/{number}",
        "product_url_pattern": "https://boutique.example.org/articles/{reference}",
        "phone": identifiers.landline(rng),
        "points_per_euro": 1,
    }
