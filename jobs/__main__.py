"""The worker: ``python -m jobs``, ``python -m jobs once NAME``, ``python -m jobs list``."""

import argparse
import logging
import signal
import sys
from threading import Event, Thread

from db.engine import DATABASE_LOST, engine
from db.schema import is_up_to_date
from db.settings import SettingsError, settings
from jobs.run import Run
from jobs.runner import Runner
from jobs.table import JOBS, job_named
from jobs.worker import Worker, worker_name

FAILED = 1
CANNOT_START = 2


def main() -> int:
    """Do what the command line asks; return the exit code."""
    arguments = _arguments()
    if arguments.command == "list":
        print(*(f"{job.name:<18}{job.plan.schedule.cron:<16}{job.plan.title}" for job in JOBS), sep="\n")
        return 0
    logging.basicConfig(format="%(asctime)s %(name)s : %(message)s")
    refusal = _refusal()
    if refusal:
        print(refusal, file=sys.stderr)
        return CANNOT_START
    if arguments.command == "once":
        return _once(arguments.name)
    _work(beside_the_dashboard=arguments.beside_the_dashboard)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs", description="Le travail que personne n’attend.")
    parser.add_argument("--beside-the-dashboard", action="store_true", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMANDE")
    commands.add_parser("list", help="les tâches et leurs horaires")
    commands.add_parser("once", help="une tâche, tout de suite").add_argument("name", metavar="NOM")
    return parser.parse_args()


def _refusal() -> str | None:
    """Return why nothing can run, in one sentence."""
    try:
        settings()
        if is_up_to_date(engine()):
            return None
    except SettingsError as error:
        return str(error)
    except DATABASE_LOST:
        return "La base de données ne répond pas. Vérifiez DATABASE_URL, puis relancez."
    return "La base de données n’est pas à jour : lancez d’abord python -m db migrate."


def _once(name: str) -> int:
    job = job_named(name)
    if job is None:
        print(f"Tâche inconnue : {name}. Il y a : {', '.join(job.name for job in JOBS)}.", file=sys.stderr)
        return CANNOT_START
    outcome = Runner(Run(engine(), worker_name(), Event())).once(job)
    print(f"{job.plan.title} : {outcome.error or outcome.done}")
    return FAILED if outcome.error else 0


def _work(*, beside_the_dashboard: bool) -> None:
    worker = Worker(JOBS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    if beside_the_dashboard:
        Thread(target=_stop_with_the_dashboard, args=[worker], daemon=True).start()
    else:
        logging.getLogger("jobs").setLevel(logging.INFO)
        print(f"Travail de fond lancé : {len(JOBS)} tâches. Ctrl-C pour l’arrêter.", flush=True)
    worker.run()


def _stop_with_the_dashboard(worker: Worker) -> None:
    # The dashboard holds the other end of our standard input: it closes with its process, even a killed one.
    sys.stdin.buffer.read()
    worker.stop()


if __name__ == "__main__":
    sys.exit(main())
