"""A worker of the delivery bench: says when it has started, begins when it is told to, sends all there is."""

import os
import sys
from threading import Event

from db.engine import engine
from jobs.mail.deliver import deliver_emails
from jobs.mail.sendgrid import SendGrid
from jobs.run import Run


def main() -> None:
    """Deliver to the server named on the command line."""
    run = Run(engine(), f"bench:{os.getpid()}", Event())
    sender = SendGrid("SG.bench", lambda _: b"", host=sys.argv[1])
    print("ready", flush=True)  # noqa: T201  the bench waits for it
    sys.stdin.readline()
    deliver_emails(run, sender=sender)


if __name__ == "__main__":
    main()
