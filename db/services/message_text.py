"""What makes the text of a message fit to be sent: it is there, not endless, and its variables exist."""

from db.domain.errors import InvalidInputError
from db.domain.text import is_storable
from db.emails.messages import MessageText, faults_of_message

MAX_SUBJECT = 150
MAX_BODY = 5_000


def checked_text(subject: str, body: str) -> MessageText:
    """Return the text as it is kept.

    Raises:
        InvalidInputError: A part is missing, too long, or names a variable that does not exist.
    """
    text = MessageText(" ".join(subject.split()), body.replace("\r\n", "\n").strip())
    if not text.subject or not text.body:
        raise InvalidInputError("Un message a un objet et un texte. Complétez ce qui manque.")
    if len(text.subject) > MAX_SUBJECT:
        raise InvalidInputError(f"L’objet dépasse {MAX_SUBJECT} caractères. Abrégez-le.")
    if len(text.body) > MAX_BODY:
        raise InvalidInputError(f"Le texte dépasse {MAX_BODY} caractères. Abrégez-le.")
    if not is_storable(text.subject) or not is_storable(text.body):
        raise InvalidInputError("Le texte contient des caractères illisibles. Saisissez-le de nouveau.")
    faults = faults_of_message(text)
    if faults:
        raise InvalidInputError(" ".join(faults))
    return text
