"""The files that carriers' own tools take in: which there are, and what to know before one is uploaded."""

from enum import StrEnum


class CarrierFile(StrEnum):
    """One layout of columns; ``jobs/carrier_files`` writes it."""

    COLISHIP = "coliship"
    CHRONOPOST = "chronopost"
    GENERIC = "generic"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return CARRIER_FILE_LABELS[self]

    @property
    def hint(self) -> str:
        """Return what to know before the file is uploaded."""
        return CARRIER_FILE_HINTS[self]

    @property
    def carrier_code(self) -> str:
        """Return whose tool takes it in; empty for any."""
        return _CARRIER_CODES.get(self, "")


_CARRIER_CODES = {CarrierFile.COLISHIP: "colissimo", CarrierFile.CHRONOPOST: "chronopost"}

CARRIER_FILE_LABELS = {
    CarrierFile.COLISHIP: "Colissimo (Coliship)",
    CarrierFile.CHRONOPOST: "Chronopost (ChronoShip)",
    CarrierFile.GENERIC: "Tous transporteurs (Mondial Relay, DPD, GLS…)",
}
CARRIER_FILE_HINTS = {
    CarrierFile.COLISHIP: (
        "À importer dans Coliship, sans ligne de titres, séparateur point-virgule, UTF-8. Dans ses paramètres "
        "d’import, reprenez les champs dans cet ordre. Le produit est à choisir dans Coliship pour les points de "
        "retrait et l’étranger."
    ),
    CarrierFile.CHRONOPOST: (
        "À importer dans ChronoShip, sans ligne de titres, séparateur point-virgule, Windows-1252. Le produit et le "
        "compte se choisissent dans ChronoShip."
    ),
    CarrierFile.GENERIC: (
        "Avec une ligne de titres, séparateur point-virgule, UTF-8\u00a0: l’outil du transporteur demande à quoi "
        "correspond chaque colonne."
    ),
}
