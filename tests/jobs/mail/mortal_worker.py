"""A worker that only delivers e-mails, in a process of its own that a test may kill at any moment."""

import datetime as dt
import multiprocessing
import os
from multiprocessing.process import BaseProcess
from threading import Event

from db.engine import make_engine
from jobs.mail.deliver import Pace, deliver_emails
from jobs.mail.sendgrid import SendGrid
from jobs.run import Run
from tests.jobs.mail.letters import render

TIMEOUT_S = 0.5
#: Everything is quick, so that lapses and tries are seen in seconds; a claim still outlasts a slow answer.
PACE = Pace(claim=dt.timedelta(seconds=3), first_wait=dt.timedelta(milliseconds=50), wait_factor=2)

# A fork of a process that has imported everything starts in milliseconds, and holds no lock of ours.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def start_worker(database_url: str, host: str) -> BaseProcess:
    process = _processes.Process(target=deliver_for_ever, args=[database_url, host], daemon=True)
    process.start()
    return process


def deliver_for_ever(database_url: str, host: str) -> None:
    run = Run(make_engine(database_url), f"mortal:{os.getpid()}:{os.urandom(4).hex()}", Event())
    sender = SendGrid("SG.key", lambda _: b"", host=host, timeout_s=TIMEOUT_S)
    while not run.stopping:
        deliver_emails(run, sender=sender, render=render, pace=PACE)
        run.stop.wait(0.05)
