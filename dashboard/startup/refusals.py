"""Why the dashboard does not start: each reason is a sentence that says what to do. Nothing was harmed."""

from pathlib import Path


class CannotStartError(Exception):
    """The dashboard cannot start; the sentence is for the person at the terminal."""


class AlreadyRunningError(CannotStartError):
    """Another dashboard uses the same embedded database."""

    def __init__(self, url: str) -> None:
        where = f" sur {url}" if url else ""
        super().__init__(
            f"Le tableau de bord est déjà lancé{where} avec cette base de données. Ouvrez-le, ou arrêtez-le d’abord."
        )


class PortTakenError(CannotStartError):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Le port {port} est déjà pris par un autre programme. Choisissez-en un autre, par exemple : "
            f"PORT={port + 1 if port < 65535 else port - 1} make run"
        )


class CannotListenError(CannotStartError):
    """The address or the port cannot be listened on by us."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"Impossible d’écouter sur {host}, port {port} ({reason}). Changez HOST ou PORT.")


class ReadOnlyError(CannotStartError):
    """The embedded database, or its folder, cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"Impossible d’écrire dans {path} ({reason}). Donnez-vous le droit d’y écrire, ou indiquez une base "
            "ailleurs, par exemple : DATABASE_URL=sqlite:////tmp/marketplace.db make run"
        )


class ForeignFileError(CannotStartError):
    """The file of the embedded database holds something else."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} n’est pas une base de données SQLite. Rien n’a été modifié : déplacez ce fichier, ou indiquez "
            "une autre base dans DATABASE_URL."
        )


class DatabaseUnusableError(CannotStartError):
    """The database does not answer, or has no room left."""

    def __init__(self, where: str, error: Exception) -> None:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        super().__init__(f"Base de données inutilisable ({where}) : {reason}. Vérifiez DATABASE_URL, puis relancez.")
