"""The people who may come in: invite, change, deactivate, let in again; and one's own password."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain.access import (
    INVITATION_LIFETIME,
    NEW_PASSWORD_LINK_LIFETIME,
    email_address,
    person_name,
)
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.permissions import Permission, Role
from db.domain.viewer import Viewer
from db.models import Person, Seller, SignInLink
from db.services.access import end_sessions, forget_attempts
from db.services.audit import Act, note_act, note_edit
from db.services.links import NewLink, create_link
from db.services.passwords import NewPassword, new_password, password_matches


class LastAdminError(MarketplaceError):
    """Without an active administrator nobody could let anyone in again."""

    def __init__(self) -> None:
        super().__init__(
            "C’est la dernière personne qui administre ce tableau de bord. Confiez d’abord ce rôle à quelqu’un d’autre."
        )


@dataclass(frozen=True, slots=True)
class Invited:
    """A person who was let in, and the link to hand over."""

    person_id: int
    link: NewLink


def invite(
    session: Session, viewer: Viewer, *, email: str, name: str, role: Role, seller_id: int | None, now: dt.datetime
) -> Invited:
    """Add a person, who chooses a password through the link.

    Raises:
        NotAllowedError: The viewer may not manage people.
        InvalidInputError: The address, the name or the seller cannot be used, or the address is taken.
    """
    viewer.require(Permission.MANAGE_PEOPLE)
    address = email_address(email)
    person = Person(
        email=address,
        name=person_name(name),
        role=role,
        seller_id=_seller_for(session, role, seller_id),
        is_active=True,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        raise InvalidInputError(f"Une personne de l’équipe a déjà l’adresse {address}.") from None
    _note(session, viewer, "person_invited", person, {}, now)
    return Invited(person.id, create_link(session, person, INVITATION_LIFETIME, now))


def change_person(
    session: Session, viewer: Viewer, person_id: int, *, name: str, role: Role, seller_id: int | None
) -> None:
    """Give a person another name, role or seller; open tabs load again with the new rights within seconds.

    Raises:
        NotAllowedError: The viewer may not manage people.
        NotFoundError: There is no such person.
        InvalidInputError: The name or the seller cannot be used.
        LastAdminError: The role is taken from the last active administrator.
    """
    person = _managed(session, viewer, person_id, leaves_admins=role is not Role.ADMIN)
    before = _said(person)
    person.name = person_name(name)
    person.role, person.seller_id = role, _seller_for(session, role, seller_id)
    session.flush()
    _note(session, viewer, "person_changed", person, before)


def deactivate(session: Session, viewer: Viewer, person_id: int, now: dt.datetime) -> int:
    """Keep a person out from now on: sessions end at once, links end too. Return how many sessions ended.

    Raises:
        NotAllowedError: The viewer may not manage people.
        NotFoundError: There is no such person.
        LastAdminError: The person is the last active administrator.
    """
    person = _managed(session, viewer, person_id, leaves_admins=True)
    before = _said(person)
    person.is_active = False
    session.execute(sa.delete(SignInLink).where(SignInLink.person_id == person_id, SignInLink.used_at.is_(None)))
    session.flush()
    _note(session, viewer, "person_deactivated", person, before, now)
    return end_sessions(session, person_id, now)


def reactivate(session: Session, viewer: Viewer, person_id: int) -> None:
    """Let a person in again, with the password and the role of before.

    Raises:
        NotAllowedError: The viewer may not manage people.
        NotFoundError: There is no such person.
    """
    person = _managed(session, viewer, person_id)
    before = _said(person)
    person.is_active = True
    session.flush()
    _note(session, viewer, "person_reactivated", person, before)


def end_sessions_of(session: Session, viewer: Viewer, person_id: int, now: dt.datetime) -> int:
    """Sign a person out everywhere; return how many sessions ended.

    Raises:
        NotAllowedError: The viewer may not manage people.
        NotFoundError: There is no such person.
    """
    person = _managed(session, viewer, person_id)
    ended = end_sessions(session, person.id, now)
    act = Act(AuditArea.PEOPLE, "sessions_ended", "person", person.id, person.name, after={"sessions": ended})
    note_act(session, Actor.person(viewer), act, now)
    return ended


def renew_link(session: Session, viewer: Viewer, person_id: int, now: dt.datetime) -> NewLink:
    """Return a new link for a forgotten password or a lost invitation; earlier ones end.

    Raises:
        NotAllowedError: The viewer may not manage people.
        NotFoundError: There is no such person.
        InvalidInputError: The person is deactivated.
    """
    person = _managed(session, viewer, person_id)
    if not person.is_active:
        raise InvalidInputError(f"Le compte de {person.name} est désactivé. Réactivez-le d’abord.")
    act = Act(AuditArea.PEOPLE, "link_renewed", "person", person.id, person.name)
    note_act(session, Actor.person(viewer), act, now)
    lifetime = INVITATION_LIFETIME if person.password_hash is None else NEW_PASSWORD_LINK_LIFETIME
    return create_link(session, person, lifetime, now)


def _said(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "seller_id": person.seller_id,
        "is_active": person.is_active,
    }


def _note(
    session: Session,
    viewer: Viewer,
    event: str,
    person: Person,
    before: Mapping[str, object],
    now: dt.datetime | None = None,
) -> None:
    act = Act(AuditArea.PEOPLE, event, "person", person.id, person.name, before, _said(person))
    note_edit(session, Actor.person(viewer), act, now)


def _managed(session: Session, viewer: Viewer, person_id: int, *, leaves_admins: bool = False) -> Person:
    viewer.require(Permission.MANAGE_PEOPLE)
    if leaves_admins:
        _keep_an_admin(session, person_id)
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFoundError("Cette personne n’existe pas.")
    return person


def _keep_an_admin(session: Session, person_id: int) -> None:
    # Locked before the person, and in one order: of two who remove each other at once, the second is refused.
    admins = session.scalars(
        sa.select(Person.id).where(Person.role == Role.ADMIN, Person.is_active).order_by(Person.id).with_for_update()
    ).all()
    if list(admins) == [person_id]:
        raise LastAdminError


def _seller_for(session: Session, role: Role, seller_id: int | None) -> int | None:
    if role is not Role.SELLER:
        return None
    if seller_id is None or session.get(Seller, seller_id) is None:
        raise InvalidInputError("Choisissez le point d’activité dont cette personne voit les commandes.")
    return seller_id


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """A change of password that was checked: from which hash, to which password."""

    from_hash: str | None
    to: NewPassword


def check_password_change(session: Session, viewer: Viewer, current: str, new: str) -> PasswordChange:
    """Check one's own change of password; the edge calls ``note_attempt`` before, so that nobody guesses at it.

    A person who came in by the terminal's link has no password yet, and chooses the first one here.

    Raises:
        InvalidInputError: The current password is wrong, or the new one is refused.
    """
    person = session.get_one(Person, viewer.person_id)
    if person.password_hash is not None and not password_matches(current, person.password_hash):
        raise InvalidInputError("Le mot de passe actuel est incorrect.")
    if person.password_hash is not None and new == current:
        raise InvalidInputError("Ce mot de passe est déjà le vôtre. Choisissez-en un autre.")
    return PasswordChange(person.password_hash, new_password(new, email=person.email, name=person.name))


def change_password(session: Session, viewer: Viewer, session_id: int, change: PasswordChange, now: dt.datetime) -> int:
    """Keep one's new password; end one's other sessions and return how many.

    Raises:
        InvalidInputError: The password was changed meanwhile, in another browser.
    """
    person = session.get_one(Person, viewer.person_id, with_for_update=True)
    if person.password_hash != change.from_hash:
        raise InvalidInputError("Votre mot de passe vient d’être changé ailleurs. Recommencez avec le nouveau.")
    person.password_hash = change.to.hash
    session.flush()
    act = Act(AuditArea.ACCESS, "password_changed", "person", person.id, person.name)
    note_act(session, Actor.person(viewer), act, now)
    forget_attempts(session, person.email)
    return end_sessions(session, person.id, now, keep=session_id)
