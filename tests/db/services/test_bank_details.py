"""Where a seller is paid: changed with the password, noted for ever, told to the seller, at rest for 72 h."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.bank_details import BankDetails, BankDetailsChangedError, SellerSubject
from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.payouts import HoldReason, PayoutState
from db.domain.permissions import Role
from db.emails.rendering import render_batch
from db.emails.types import Rendered
from db.models import OutboxMessage, Payout, Person, Seller, SellerChange, SignInAttempt
from db.queries.bank_details import bank_account, bank_changes
from db.queries.sellers import seller as seller_row
from db.services.access import note_attempt
from db.services.bank_details import ChangedDetails, change_iban
from db.services.confirmation import Confirmed, NoPasswordError, confirm_password
from db.services.passwords import hash_password
from db.services.payouts.preparing import prepare_seller
from db.services.sellers import save_seller
from tests.conftest import NOW
from tests.factories import ADMIN, IBAN, book, create_payee, create_person, create_run, create_seller, viewer_for

PASSWORD = "quatre mots pour entrer"
PASSWORD_HASH = hash_password(PASSWORD)
#: The example of the French bankers' association; BIC and bank are those of 30006, Crédit Agricole's old code.
NEW_IBAN = "FR7630006000011234567890189"
DAY = dt.timedelta(days=1)


def person(session: Session, role: Role = Role.FINANCE, **columns: object) -> Person:
    return create_person(session, role, password_hash=PASSWORD_HASH, **columns)


def change(
    session: Session,
    by: Person,
    seller: Seller,
    iban: str = NEW_IBAN,
    *,
    shown: BankDetails | None = None,
    now: dt.datetime = NOW,
    **typed: str,
) -> ChangedDetails:
    viewer = viewer_for(by)
    confirmed = Confirmed(by.id, by.password_hash or "")
    shown = shown or BankDetails(seller.iban or "", seller.bic or "", seller.account_holder)
    return change_iban(session, Actor.person(viewer), seller.id, shown, BankDetails(iban, **typed), confirmed, now)


def mail(session: Session) -> list[OutboxMessage]:
    wanted = sa.select(OutboxMessage).where(OutboxMessage.template == EmailTemplate.SELLER_IBAN_CHANGED)
    return list(session.scalars(wanted.order_by(OutboxMessage.id)))


def test_a_new_iban_is_kept_noted_in_full_and_rests_for_three_days(session: Session) -> None:
    seller, finance = create_payee(session, email="the@example.org"), person(session, name="Fanny Finance")
    done = change(session, finance, seller, "fr76 3000 6000 0112 3456 7890 189", holder=" Léa  Thé ")
    assert done == ChangedDetails(NOW + 3 * DAY, ("the@example.org",))
    session.refresh(seller)
    assert (seller.iban, seller.account_holder, seller.iban_changed_at) == (NEW_IBAN, "Léa Thé", NOW)
    notes = session.scalars(sa.select(SellerChange).order_by(SellerChange.id)).all()[-3:]
    assert [(note.subject, note.before, note.after) for note in notes if note.subject is not SellerSubject.BIC] == [
        (SellerSubject.IBAN, IBAN, NEW_IBAN),
        (SellerSubject.HOLDER, "", "Léa Thé"),
    ]
    assert {(note.person_id, note.person_name, note.at) for note in notes} == {(finance.id, "Fanny Finance", NOW)}


def test_the_seller_is_told_at_once_and_the_warning_cannot_be_taken_back(session: Session) -> None:
    seller = create_payee(session, email="the@example.org")
    change(session, person(session, name="Fanny Finance"), seller)
    (sent,) = mail(session)
    assert (sent.recipient, sent.state, sent.due_at) == ("the@example.org", OutboxState.QUEUED, NOW)
    assert NEW_IBAN not in str(sent.variables)
    email = render_batch(session, [sent], NOW)[sent.id]
    assert isinstance(email, Rendered)
    accounts = [line for line in email.text.splitlines() if "compte" in line and "••••" in line]
    assert [line[-19:] for line in accounts] == ["FR14 •••• •••• 2606", "FR76 •••• •••• 0189"]
    assert "par Fanny Finance" in email.text
    # NOW is 21 November 2026, 10:30 in Paris.
    assert "rien n’y est versé avant le 24/11/2026" in email.text


def test_where_the_address_was_changed_lately_the_former_one_is_told_too(session: Session) -> None:
    seller = create_payee(session, email="ancien@example.org")
    for email, at in (("milieu@example.org", NOW - 40 * DAY), ("voleur@example.org", NOW - 2 * DAY)):
        shown = seller_row(session, ADMIN, seller.id)
        assert shown is not None
        admin = viewer_for(create_person(session, Role.ADMIN))
        save_seller(session, admin, seller.id, shown.contact, replace(shown.contact, email=email), at)
    session.refresh(seller)
    # Until 40 days ago it was « ancien »: that is too long ago to be told.
    assert change(session, person(session), seller).told == ("voleur@example.org", "milieu@example.org")


def test_another_holder_alone_neither_rests_nor_is_mailed(session: Session) -> None:
    seller = create_payee(session, email="the@example.org", bic="PSSTFRPP")
    assert change(session, person(session), seller, IBAN, holder="Léa Thé") == ChangedDetails()
    assert (seller.iban_changed_at, mail(session)) == (None, [])
    assert [note.subject for note in session.scalars(sa.select(SellerChange))][-1] is SellerSubject.HOLDER


def test_a_payout_that_waits_is_held_at_once(session: Session) -> None:
    seller = create_payee(session)
    book(session, seller, 30_97, NOW.date())
    prepare_seller(session, SYSTEM, seller.id, create_run(session, NOW.date()), NOW.date(), NOW)
    waiting = session.scalars(sa.select(Payout).where(Payout.seller_id == seller.id)).one()
    assert waiting.state is PayoutState.PREPARED
    change(session, person(session), seller)
    assert (waiting.state, waiting.hold_reason) == (PayoutState.HELD, HoldReason.IBAN_CHANGED)


def test_sellers_change_their_own_and_nobody_elses(session: Session) -> None:
    own, other = create_payee(session), create_payee(session)
    theirs = person(session, Role.SELLER, seller_id=own.id)
    assert change(session, theirs, own).rests_until == NOW + 3 * DAY
    with pytest.raises(NotFoundError, match="Ce vendeur n’existe pas"):
        change(session, theirs, other)
    assert other.iban == IBAN


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_who_may_not_is_refused(session: Session, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        change(session, person(session, role), create_payee(session))


@pytest.mark.parametrize(
    ("iban", "bic", "sentence"),
    [
        ("", "", "Saisissez l’IBAN"),
        ("FR7630006000011234567890180", "", "n’est pas un IBAN valable"),
        # Its own key of two digits is right, the French bank's key (01) is not.
        ("FR7630006000011234567890101", "", "n’est pas un IBAN valable"),
        # Brazil's example of the registry: an IBAN, out of the reach of SEPA.
        ("BR1800360305000010009795493C1", "", "n’est pas dans l’espace SEPA"),
        (NEW_IBAN, "PARIS", "n’est pas un BIC"),
    ],
)
def test_what_no_transfer_can_be_made_to_is_refused(session: Session, iban: str, bic: str, sentence: str) -> None:
    seller = create_payee(session)
    with pytest.raises(InvalidInputError, match=sentence):
        change(session, person(session), seller, iban, bic=bic)
    assert seller.iban == IBAN


def test_two_people_do_not_overwrite_each_other(session: Session) -> None:
    seller = create_payee(session)
    shown = BankDetails(IBAN)
    change(session, person(session), seller, shown=shown)
    with pytest.raises(BankDetailsChangedError, match="Maison du thé"):
        change(session, person(session), seller, "BE68539007547034", shown=shown)
    assert seller.iban == NEW_IBAN


def test_the_password_is_the_persons_own_and_still_theirs(session: Session) -> None:
    finance, other = person(session), person(session)
    viewer = viewer_for(finance)
    with pytest.raises(InvalidInputError, match="Ce n’est pas votre mot de passe"):
        confirm_password(session, viewer, "quatre mots pour sortir")
    confirmed = confirm_password(session, viewer, PASSWORD)
    seller = create_payee(session)
    typed = BankDetails(NEW_IBAN)
    with pytest.raises(InvalidInputError, match="de nouveau"):
        change_iban(
            session, Actor.person(viewer_for(other)), seller.id, BankDetails(IBAN), typed, confirmed, NOW
        )  # fmt: skip
    finance.password_hash = hash_password("tout autre mot de passe")
    session.flush()
    with pytest.raises(InvalidInputError, match="de nouveau"):
        change_iban(session, Actor.person(viewer), seller.id, BankDetails(IBAN), typed, confirmed, NOW)


def test_who_has_no_password_is_told_to_choose_one(session: Session) -> None:
    with pytest.raises(NoPasswordError, match="Mon compte"):
        confirm_password(session, viewer_for(create_person(session, Role.FINANCE)), "")


def test_a_good_password_forgets_the_attempts_that_led_to_it(session: Session) -> None:
    finance, seller = person(session), create_payee(session)
    note_attempt(session, finance.email, "", NOW)
    change(session, finance, seller)
    assert session.scalars(sa.select(SignInAttempt).where(SignInAttempt.email == finance.email)).all() == []


def test_the_card_shows_a_masked_account_its_rest_and_its_changes(session: Session) -> None:
    seller, finance = create_payee(session, email="the@example.org"), person(session, name="Fanny Finance")
    viewer = viewer_for(finance)
    change(session, finance, seller)
    account = bank_account(session, viewer, seller.id, NOW + DAY)
    assert account is not None
    assert (account.masked, account.holder, account.is_valid) == ("FR76 •••• •••• 0189", "Maison du thé SARL", True)
    assert (account.changed_at, account.rests_until) == (NOW, NOW + 3 * DAY)
    rested = bank_account(session, viewer, seller.id, NOW + 3 * DAY)
    assert rested is not None
    assert rested.rests_until is None
    last = next(each for each in bank_changes(session, viewer, seller.id) if each.subject is SellerSubject.IBAN)
    assert (last.before, last.after, last.person_name) == (
        "FR14 •••• •••• 2606",
        "FR76 •••• •••• 0189",
        "Fanny Finance",
    )


def test_sellers_see_their_own_account_only(session: Session) -> None:
    own, other = create_payee(session), create_payee(session)
    viewer = viewer_for(person(session, Role.SELLER, seller_id=own.id))
    assert bank_account(session, viewer, own.id, NOW) is not None
    assert bank_account(session, viewer, other.id, NOW) is None
    assert bank_changes(session, viewer, other.id) == []
    with pytest.raises(NotAllowedError):
        bank_account(session, viewer_for(person(session, Role.SUPPORT)), own.id, NOW)


def test_a_seller_without_an_account_is_shown_as_such(session: Session) -> None:
    account = bank_account(session, ADMIN, create_seller(session).id, NOW)
    assert account is not None
    assert (account.masked, account.bank, account.rests_until, account.told) == ("", "", None, ())
