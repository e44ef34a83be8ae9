"""``python -m db``: bring the schema up to date, make demo data, import other systems' files.

Every refusal is one French sentence on stderr and exit code 2.
"""

import argparse
import datetime as dt
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa

from db import schema
from db.demo import DEFAULT_ORDERS, DEFAULT_SEED, generate
from db.domain.errors import MarketplaceError
from db.domain.time import PARIS, utc_now
from db.engine import engine
from db.schema import NewerDatabaseError
from db.settings import SettingsError, settings

REFUSED = 2
#: ``--today`` means this hour of that day: the shops are about to close.
_CLOSING_TIME = dt.time(18)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with _database() as bound:
            schema.upgrade(bound)
            print(options.run(bound, options))
    except (SettingsError, NewerDatabaseError, MarketplaceError) as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    return 0


class UnusableDatabaseError(MarketplaceError):
    """The database does not answer or cannot be written; the sentence says which and why, without its password."""

    def __init__(self, reason: BaseException) -> None:
        url = sa.make_url(settings().database_url)
        detail = str(reason).strip().splitlines()[0]
        super().__init__(
            f"Base de données inutilisable ({url.render_as_string()}) : {detail}. Vérifiez DATABASE_URL, que le "
            "serveur est démarré et que le dossier est accessible en écriture."
        )


@contextmanager
def _database() -> Iterator[sa.Engine]:
    """Lend the engine for ``DATABASE_URL``; what goes wrong with it speaks French.

    Raises:
        UnusableDatabaseError: Nothing answers, the file cannot be opened or written, the connection is lost.
    """
    try:
        yield engine()
    except sa.exc.DatabaseError as error:
        # « file is not a database » is a bare DatabaseError; its other kinds (a constraint, a wrong query) are bugs.
        if type(error) not in {sa.exc.OperationalError, sa.exc.DatabaseError}:
            raise
        raise UnusableDatabaseError(error.orig or error) from None
    except (sqlite3.OperationalError, psycopg.OperationalError, OSError) as error:
        raise UnusableDatabaseError(error) from None


def _migrate(bound: sa.Engine, _options: argparse.Namespace) -> str:
    return f"Base de données à jour (schéma {schema.revision_of(bound)})."


def _demo(bound: sa.Engine, options: argparse.Namespace) -> str:
    now = dt.datetime.combine(options.today, _CLOSING_TIME, PARIS) if options.today else utc_now()
    report = generate(bound, now=now, orders=options.orders, seed=options.seed, show_progress=sys.stderr.isatty())
    return (
        f"{_counted(report.orders)} commandes de démonstration dans {_counted(report.baskets)} paniers : "
        f"{_counted(report.customers)} clients, {report.sellers} vendeurs, {report.products} produits."
    )


def _counted(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _import_olist(bound: sa.Engine, options: argparse.Namespace) -> str:
    from db.imports.olist import import_olist  # noqa: PLC0415  pandas is slow to load and no other command needs it

    return str(import_olist(bound, options.directory).as_text())


def _import_online_retail(bound: sa.Engine, options: argparse.Namespace) -> str:
    from db.imports.online_retail import import_online_retail  # noqa: PLC0415  as above

    return str(import_online_retail(bound, options.file).as_text())


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas une date de la forme AAAA-MM-JJ") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m db", description="Base de données de la marketplace.")
    commands = parser.add_subparsers(required=True, metavar="commande")

    migrate = commands.add_parser("migrate", help="mettre le schéma à jour")
    migrate.set_defaults(run=_migrate)

    demo = commands.add_parser("demo", help="remplir une base vide de données de démonstration")
    demo.add_argument("--orders", type=int, default=DEFAULT_ORDERS, metavar="N", help="nombre de commandes")
    demo.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="S", help="graine du tirage")
    demo.add_argument("--today", type=_day, metavar="AAAA-MM-JJ", help="dernier jour des données (aujourd'hui)")
    demo.set_defaults(run=_demo)

    sources = commands.add_parser("import", help="importer les fichiers d'un autre système").add_subparsers(
        required=True, metavar="source"
    )
    olist = sources.add_parser("olist", help="le dossier des fichiers CSV d'Olist")
    olist.add_argument("directory", type=Path, metavar="DOSSIER")
    olist.set_defaults(run=_import_olist)
    online_retail = sources.add_parser("online-retail", help="le fichier Online Retail")
    online_retail.add_argument("file", type=Path, metavar="FICHIER")
    online_retail.set_defaults(run=_import_online_retail)
    return parser


if __name__ == "__main__":
    sys.exit(main())
