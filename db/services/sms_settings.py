"""Réglages › SMS: whether customers get any, the hours without, the texts, and the numbers that want none."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError
from db.domain.mail import WAITING_STATES, Channel, EmailTemplate, OutboxState
from db.domain.permissions import Permission
from db.domain.sms import TEXTED_TEMPLATES, QuietHours, mobile_number
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.emails.sms import DEFAULT_TEXTS, NO_MORE, check_text
from db.models import Marketplace, OutboxMessage, SmsOptOut, SmsText
from db.queries.marketplace import marketplace
from db.services.audit import Act, note_act, note_edit
from db.services.upsert import insert_for

MAX_TEXT = 1_000


def save_sms_rules(session: Session, viewer: Viewer, quiet: QuietHours, *, texts_customers: bool) -> None:
    """Keep whether customers get SMS, and in which hours none leaves.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: An hour is none.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    if not (0 <= quiet.start <= 23 and 0 <= quiet.end <= 23):
        raise InvalidInputError("Choisissez des heures de 0 à 23.")
    row = session.get(Marketplace, 1) or Marketplace(id=1, name=marketplace(session).name)
    before = {"texts_customers": row.texts_customers, "quiet_from": row.quiet_from, "quiet_until": row.quiet_until}
    row.texts_customers, row.quiet_from, row.quiet_until = texts_customers, quiet.start, quiet.end
    session.add(row)
    session.flush()
    after = {"texts_customers": texts_customers, "quiet_from": quiet.start, "quiet_until": quiet.end}
    act = Act(AuditArea.SETTINGS, "sms_rules_changed", before=before, after=after)
    note_edit(session, Actor.person(viewer), act)


def save_sms_text(session: Session, viewer: Viewer, template: EmailTemplate, text: str, now: dt.datetime) -> None:
    """Keep the text of an SMS; the default leaves no row.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: The text could not be sent; the sentences say why.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    text = text.replace("\r\n", "\n").strip()
    if template not in TEXTED_TEMPLATES:
        raise InvalidInputError("Aucun SMS n’accompagne cet e-mail.")
    if len(text) > MAX_TEXT or not is_storable(text):
        raise InvalidInputError(f"Le texte est trop long\u00a0: {MAX_TEXT} caractères au plus, variables comprises.")
    faults = check_text(template, text)
    if faults:
        raise InvalidInputError("\n".join(faults))
    if text == DEFAULT_TEXTS[template]:
        reset_sms_text(session, viewer, template)
        return
    row = session.get(SmsText, template) or SmsText(template=template, text=DEFAULT_TEXTS[template])
    act = Act(
        AuditArea.SETTINGS, "sms_text_changed", "sms_text", None, template.label, {"text": row.text}, {"text": text}
    )
    row.text, row.person_id, row.updated_at = text, viewer.person_id, now
    session.add(row)
    session.flush()
    note_edit(session, Actor.person(viewer), act, now)


def reset_sms_text(session: Session, viewer: Viewer, template: EmailTemplate) -> None:
    """Go back to the text of the code.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    gone = session.scalar(sa.delete(SmsText).where(SmsText.template == template).returning(SmsText.text))
    if gone is not None:
        texts = {"text": gone}, {"text": DEFAULT_TEXTS[template]}
        act = Act(AuditArea.SETTINGS, "sms_text_reset", "sms_text", None, template.label, *texts)
        note_edit(session, Actor.person(viewer), act)


def add_opt_out(session: Session, viewer: Viewer, typed: str, now: dt.datetime) -> int:
    """Send no SMS to a number any more; return how many that waited for it were dropped.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: It is no mobile number.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    phone = mobile_number(typed)
    if not phone:
        raise InvalidInputError(
            f"« {typed.strip()[:30]} » n’est pas un numéro de mobile. Saisissez par exemple 06 12 34 56 78."
        )
    # The number itself stays out of what is never erased; the list of refusals has it.
    note_act(session, Actor.person(viewer), Act(AuditArea.CUSTOMERS, "opt_out_added"), now)
    return stop_texting(session, phone, viewer.name, now)


def stop_texting(session: Session, phone: str, said_by: str, now: dt.datetime) -> int:
    """Note that a number (E.164) wants no SMS, and drop what waits for it; return how many that were."""
    said = insert_for(session, SmsOptOut).values(phone=phone, said_by=said_by, created_at=now)
    session.execute(said.on_conflict_do_nothing())
    dropped = session.execute(
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.recipient == phone,
            OutboxMessage.channel == Channel.SMS,
            OutboxMessage.state.in_(WAITING_STATES),
        )
        .values(state=OutboxState.CANCELLED, error=NO_MORE)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(dropped.all())


def remove_opt_out(session: Session, viewer: Viewer, phone: str) -> None:
    """Send SMS to a number again, as its owner now wants.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    session.execute(sa.delete(SmsOptOut).where(SmsOptOut.phone == phone))
    note_act(session, Actor.person(viewer), Act(AuditArea.CUSTOMERS, "opt_out_removed"))
