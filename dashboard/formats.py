"""The formats of ``db.domain.formats`` under the name that screens know; e-mails and refusals speak French too."""

from db.domain.formats import *  # noqa: F403  the very same names
