"""What a Cross Industry Invoice says, read without our own code."""

from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from jobs.documents.facturx.validation import Fault

_NAMES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_CENT = Decimal("0.01")


def texts(xml: bytes, path: str) -> list[str]:
    """Return the texts at a path of local names: ``SellerTradeParty/Name``."""
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    return [each.text or "" for each in etree.fromstring(xml).xpath(f"//{steps}")]


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


def totals(xml: bytes) -> dict[str, int]:
    """Return BG-22 in cents."""
    (summary,) = etree.fromstring(xml).iterfind(".//ram:SpecifiedTradeSettlementHeaderMonetarySummation", _NAMES)
    names = {
        "LineTotalAmount": "lines",
        "TaxBasisTotalAmount": "net",
        "TaxTotalAmount": "vat",
        "GrandTotalAmount": "gross",
        "TotalPrepaidAmount": "paid",
        "DuePayableAmount": "due",
    }
    return {names[etree.QName(each).localname]: cents(each.text or "") for each in summary}


def rates(xml: bytes) -> list[tuple[int, str, int, int]]:
    """Return BG-23: rate in basis points, category, base and VAT in cents."""
    path = ".//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
    return [
        (
            cents(each.findtext("ram:RateApplicablePercent", "", _NAMES)),
            each.findtext("ram:CategoryCode", "", _NAMES),
            cents(each.findtext("ram:BasisAmount", "", _NAMES)),
            cents(each.findtext("ram:CalculatedAmount", "", _NAMES)),
        )
        for each in etree.fromstring(xml).iterfind(path, _NAMES)
    ]


def lines(xml: bytes) -> list[tuple[int, int]]:
    """Return, of each line, its net in cents as it is stated and as price, quantity and allowances make it."""
    return [
        (cents(each.findtext(".//ram:LineTotalAmount", "", _NAMES)), _computed(each))
        for each in etree.fromstring(xml).iterfind(".//ram:IncludedSupplyChainTradeLineItem", _NAMES)
    ]


def failures(report: str) -> list[Fault]:
    """Return the rules that a validation report (SVRL) says are broken, warnings too."""
    failed = etree.fromstring(report.encode()).iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
    return [Fault(each.get("id") or "?", " ".join("".join(each.itertext()).split())) for each in failed]


def _computed(line: etree._Element) -> int:
    price = Decimal(line.findtext(".//ram:NetPriceProductTradePrice/ram:ChargeAmount", "", _NAMES))
    base = Decimal(line.findtext(".//ram:NetPriceProductTradePrice/ram:BasisQuantity", "1", _NAMES))
    quantity = Decimal(line.findtext(".//ram:BilledQuantity", "", _NAMES))
    allowances = [
        Decimal(each.text) for each in line.iterfind(".//ram:SpecifiedTradeAllowanceCharge/ram:ActualAmount", _NAMES)
    ]
    assert min([price, quantity, *allowances]) >= 0
    return int(((price * quantity / base).quantize(_CENT, ROUND_HALF_UP) - sum(allowances, Decimal())) * 100)
