"""XML that somebody else wrote: read as a tree of plain names, and refused where it is built to harm.

A document type is where entities are declared that grow without end or read other files; no bank's message has one.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from db.domain.errors import InvalidInputError

MAX_BYTES = 10 * 1024 * 1024
#: Messages of ISO 20022 are a dozen levels deep.
_MAX_DEPTH = 60
_SEPARATOR = " "  # No name in XML has one.


class UnreadableXmlError(InvalidInputError):
    """A file that is no XML, or none that is read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class XmlFile:
    """A file as a tree whose names are without their namespaces."""

    root: ET.Element
    #: Of the root.
    namespace: str


def read_xml(content: bytes) -> XmlFile:
    """Return a file as a tree.

    Raises:
        UnreadableXmlError: It is too large, no XML, or declares a document type.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableXmlError(f"Ce fichier est trop gros\u00a0: {MAX_BYTES // 1024 // 1024}\u00a0Mo au plus.")
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.builder.data
    try:
        parser.Parse(content, True)  # noqa: FBT003  expat takes no names
    except (expat.ExpatError, ValueError) as error:
        raise UnreadableXmlError(
            "Ce fichier n’est pas lisible\u00a0: ce n’est pas du XML, ou il est incomplet. Téléchargez-le de nouveau "
            "depuis votre banque."
        ) from error
    return XmlFile(reading.builder.close(), reading.namespace)


class _Reading:
    """One file while it is read."""

    def __init__(self) -> None:
        self.builder = ET.TreeBuilder()
        self.namespace = ""
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(_SEPARATOR)
        if not self._depth:
            self.namespace = namespace
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnreadableXmlError("Ce fichier n’est pas celui d’une banque\u00a0: il est construit pour nuire.")
        self.builder.start(local, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(name.rpartition(_SEPARATOR)[2])


def _refuse_document_type(*_declared: Any) -> None:  # noqa: ANN401  whatever it declares
    raise UnreadableXmlError("Ce fichier n’est pas celui d’une banque\u00a0: il déclare des entités (DTD).")
