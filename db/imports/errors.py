"""Files that cannot be imported at all: the sentence names the file, the line and the column; nothing was written."""

from collections.abc import Sequence
from pathlib import Path

from db.domain.errors import MarketplaceError

NOTHING_DONE = "Rien n'a été importé."
_LONGEST_VALUE_SHOWN = 40


class UnusableFileError(MarketplaceError):
    """A file that an import needs cannot be used; base of the refusals below."""

    def __init__(self, file: str, sentence: str) -> None:
        self.file = file
        super().__init__(f"{sentence} {NOTHING_DONE}")


class MissingFileError(UnusableFileError):
    """The file is not where it should be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(path.name, f"Le fichier « {path} » est introuvable. Vérifiez le chemin.")


class UnreadableFileError(UnusableFileError):
    """The file is not what its name promises: another format, another encoding, cut short, forbidden."""

    def __init__(self, file: str, problem: str, line: int | None = None) -> None:
        self.line = line
        where = f", ligne {line}" if line else ""
        super().__init__(file, f"Le fichier « {file} »{where} est illisible : {problem}.")


class MissingColumnError(UnusableFileError):
    """The header lacks columns that the import needs."""

    def __init__(self, file: str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        names = ", ".join(f"« {column} »" for column in columns)
        what = f"la colonne {names} manque" if len(columns) == 1 else f"les colonnes {names} manquent"
        super().__init__(file, f"Le fichier « {file} », ligne 1 (en-tête) : {what}.")


class UnreadableValueError(UnusableFileError):
    """One value is not what its column must hold."""

    def __init__(self, file: str, line: int, column: str, value: object, expected: str) -> None:
        self.line = line
        self.column = column
        shown = str(value)[:_LONGEST_VALUE_SHOWN]
        said = "vide" if value in {None, ""} else f"« {shown} »"
        super().__init__(
            file, f"Le fichier « {file} », ligne {line}, colonne « {column} » : {said}, attendu : {expected}."
        )
