"""From two sales to the money of their sellers: prepared, approved, transmitted, paid, one rejected and paid again."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.bank_files import read_report
from db.domain.files import FileState
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import HoldReason, PayoutState, reference_of
from db.domain.permissions import Role
from db.domain.time import PARIS, local_day
from db.engine import reading, transaction
from db.models import BalanceFinding, FeeDocument, LedgerEntry, Payout, PayoutSettings, Seller, StoredFile
from db.services.payouts.approving import approve
from db.services.payouts.bank_report import apply_report
from db.services.payouts.exporting import export_payouts
from db.services.payouts.marking import pay_by_hand
from db.storage import storage
from tests.acceptance.house import House
from tests.factories import ISSUER_IDENTITY, create_person, viewer_for

TEA, COFFEE = "the@example.org", "cafe@example.org"
TEA_IBAN = "FR1420041010050500013M02606"
#: The examples of the registries of Germany and Belgium.
COFFEE_IBAN, OTHER_IBAN = "DE89370400440532013000", "BE68539007547034"

_REPORT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>BANQUE-1</MsgId><CreDtTm>2026-12-08T07:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>{paid}</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{rejected}</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


@pytest.fixture
def manager(house: House) -> Actor:
    house.opens(
        "Le Marché",
        legal_name="Le Marché SAS",
        siren="832000000",
        vat_number="FR40303265045",
        street="1 quai des Halles",
        postcode="35000",
        city="Rennes",
    )
    identity = {key: value for key, value in ISSUER_IDENTITY.items() if key != "code"}
    house.welcomes_seller("Maison du thé", {"THE": 31_90}, **identity | {"email": TEA, "iban": TEA_IBAN})
    house.welcomes_seller("Brûlerie", {"CAFE": 50_00}, **identity | {"email": COFFEE, "iban": COFFEE_IBAN})
    with transaction(house.engine) as session:
        session.add(PayoutSettings(id=1, debtor_name="Le Marché", debtor_iban="FR7630006000011234567890189"))
        return Actor.person(viewer_for(create_person(session, Role.MANAGER)))


def night_of(house: House, day: int, month: int) -> None:
    """Go to three o'clock in the morning, and have the worker work."""
    house.set_clock(dt.datetime(2026, month, day, 3, tzinfo=PARIS).astimezone(dt.UTC))
    house.work()


def payouts(house: House) -> dict[str, Payout]:
    """Return the newest payout of each seller."""
    with reading(house.engine) as session:
        found = sa.select(Seller.name, Payout).join(Payout, Payout.seller_id == Seller.id).order_by(Payout.id)
        return dict(session.execute(found).all())


def states(house: House) -> dict[str, tuple[PayoutState, int]]:
    return {name: (payout.state, payout.net_cents) for name, payout in payouts(house).items()}


def balances(house: House) -> dict[int, int]:
    with reading(house.engine) as session:
        total = sa.cast(sa.func.sum(LedgerEntry.amount_cents), sa.BigInteger)
        found = sa.select(LedgerEntry.seller_id, total).group_by(LedgerEntry.seller_id)
        return dict(session.execute(found).all())


def approve_all(house: House, manager: Actor) -> list[ShownPayout]:
    with transaction(house.engine) as session:
        waiting = sa.select(Payout).where(Payout.state == PayoutState.PREPARED).order_by(Payout.id)
        for payout in session.scalars(waiting).all():
            approve(session, manager, payout.id, payout.version, house.now, accepts_unusual=True)
        approved = sa.select(Payout.id, Payout.version).where(Payout.state == PayoutState.APPROVED)
        return [ShownPayout(*row) for row in session.execute(approved)]


def test_two_sellers_are_paid_and_one_transfer_comes_back(house: House, manager: Actor) -> None:
    finance = house.people[Role.FINANCE]
    # Monday 23 November: the tenth business day is Monday 7 December.
    house.shop_sells("T-1", {"THE": 1}, card=True)
    house.shop_sells("C-1", {"CAFE": 1}, card=True)
    night_of(house, 6, 12)
    assert states(house) == {}
    night_of(house, 7, 12)
    # 31.90 − 0.93 (2.9 %: 0.9251) and 50.00 − 1.45.
    assert states(house) == {"Maison du thé": (PayoutState.PREPARED, 30_97), "Brûlerie": (PayoutState.PREPARED, 48_55)}

    approved = approve_all(house, manager)
    with transaction(house.engine) as session:
        export_payouts(session, finance, approved, local_day(house.now), "clic", house.now)
    house.work()
    with reading(house.engine) as session:
        file = session.scalars(sa.select(StoredFile).where(StoredFile.kind == "transfers")).one()
    assert file.state is FileState.READY, file.error
    with storage().open(file.ref) as opened:
        xml = opened.read().decode()
    # 30.97 + 48.55.
    assert "<CtrlSum>79.52</CtrlSum>" in xml
    assert {TEA_IBAN, COFFEE_IBAN} <= set(xml.replace("<", ">").split(">"))
    assert balances(house) == {1: 0, 2: 0}

    # The bank answers the next morning: the account of the second one is closed.
    night_of(house, 8, 12)
    tea, coffee = (payouts(house)[name] for name in ("Maison du thé", "Brûlerie"))
    message = xml.partition("<MsgId>")[2].partition("</MsgId>")[0]
    report = _REPORT.format(message=message, paid=reference_of(tea.id), rejected=reference_of(coffee.id))
    for _ in range(2):  # Read twice by mistake.
        with transaction(house.engine) as session:
            apply_report(session, finance, read_report(report.encode()), house.now)
    assert states(house) == {"Maison du thé": (PayoutState.PAID, 30_97), "Brûlerie": (PayoutState.REJECTED, 48_55)}
    assert balances(house) == {1: 0, 2: 48_55}
    house.work()
    house.a_minute_later()
    house.a_minute_later()
    assert [mail.subject for mail in house.mails_to(TEA)][-1] == "Le Marché – Votre reversement de 30,97\u00a0€"
    assert "rejeté" in house.mails_to(COFFEE)[-1].subject

    # Each was invoiced the fee once: 0.93 and 1.45, 20 % VAT in it: 0.93 × 10/12 = 0.775, so 0.78; 1.45 × 10/12 = 1.21.
    with reading(house.engine) as session:
        fees = session.execute(
            sa.select(FeeDocument.number, FeeDocument.net_cents, FeeDocument.vat_cents).order_by(FeeDocument.id)
        ).all()
    assert [tuple(fee) for fee in fees] == [("FC2026-000001", 78, 15), ("FC2026-000002", 1_21, 24)]

    the_other_account_is_paid_once_it_has_rested(house, manager)
    assert balances(house) == {1: 0, 2: 0}
    with reading(house.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(FeeDocument)) == 2
        assert [each.sentence for each in session.scalars(sa.select(BalanceFinding))] == []


def the_other_account_is_paid_once_it_has_rested(house: House, manager: Actor) -> None:
    finance = house.people[Role.FINANCE]
    # The coffee roaster gives another account: nothing is sent to it for 72 hours.
    with transaction(house.engine) as session:
        changed = sa.update(Seller).where(Seller.name == "Brûlerie")
        session.execute(changed.values(iban=OTHER_IBAN, iban_changed_at=house.now))
    night_of(house, 9, 12)
    held = payouts(house)["Brûlerie"]
    assert (held.state, held.hold_reason, held.other_cents) == (PayoutState.HELD, HoldReason.IBAN_CHANGED, 48_55)
    night_of(house, 12, 12)
    assert states(house)["Brûlerie"] == (PayoutState.PREPARED, 48_55)
    (shown,) = approve_all(house, manager)
    with transaction(house.engine) as session:
        pay_by_hand(session, finance, shown.payout_id, shown.version, local_day(house.now), "VIR 7", house.now)
    house.a_minute_later()
