"""What a file says of itself to programs (XMP, ISO 16684-1): fpdf2 would add the moment it was written."""

import datetime as dt
from xml.sax.saxutils import escape

from jobs.documents.facturx.values import text

_FACTURX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
FACTURX_NAME = "factur-x.xml"

#: Of a PDF that carries a Factur-X invoice: the properties, which PDF/A wants described, and what they are here.
_FACTURX_PROPERTIES = (
    ("DocumentFileName", "The name of the embedded XML document", FACTURX_NAME),
    ("DocumentType", "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER", "INVOICE"),
    ("Version", "The actual version of the standard applying to the embedded XML document", "1.0"),
    ("ConformanceLevel", "The conformance level of the embedded XML document", "EN 16931"),
)

_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreateDate>{made_at}</xmp:CreateDate><xmp:ModifyDate>{made_at}</xmp:ModifyDate>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>fr-FR</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
{extension}</rdf:RDF>
</x:xmpmeta>"""

_EXTENSION = """<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
{described}
</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="{namespace}">
{stated}
</rdf:Description>
"""


def xmp(*, title: str, author: str, subject: str, made_at: dt.datetime, producer: str, is_hybrid: bool) -> str:
    """Return the metadata of a PDF/A-3B, with those of Factur-X where it carries one."""
    return _XMP.format(
        title=escape(text(title)),
        author=escape(text(author)),
        subject=escape(text(subject)),
        made_at=made_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        producer=escape(producer),
        extension=_facturx() if is_hybrid else "",
    )


def _facturx() -> str:
    return _EXTENSION.format(
        namespace=_FACTURX,
        described="\n".join(
            f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
            "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
            "<pdfaProperty:category>external</pdfaProperty:category>"
            f"<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
            for name, description, _ in _FACTURX_PROPERTIES
        ),
        stated="\n".join(f"<fx:{name}>{value}</fx:{name}>" for name, _, value in _FACTURX_PROPERTIES),
    )
