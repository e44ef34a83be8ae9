"""Nothing a customer or a shop wrote is ever run: it is text on the page."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from dashboard.order_page.drawing import html
from dashboard.order_page.facts import address_blocks, customer_facts, delivery_facts, origin_facts, payment_facts
from dashboard.order_page.parcel_rows import parcels
from dashboard.order_page.rows import article_row, money_row, other_row, return_block, sums
from dashboard.order_page.timeline import timeline_entry
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, ReturnStatus
from db.domain.returns import ReturnReason
from db.queries.order_rows import HistoryEntry, OtherOrder, ReturnedArticle, ReturnRow, ShipmentRow
from tests.conftest import NOW
from tests.dashboard.order_page.test_facts import ACCOUNT, ADDRESS, HEADER, TODAY
from tests.dashboard.order_page.test_parcel_rows import page_of
from tests.dashboard.order_page.test_rows import LINE, PAYMENT
from tests.dashboard.order_page.test_timeline import MAIL

ALLOWED_TAGS = {"table", "thead", "tbody", "tr", "th", "td", "div", "span", "dl", "dt", "dd", "ul", "ol", "li"} | {
    "a",
    "address",
    "h3",
    "time",
}
#: A carrier's page is whatever address somebody typed; it is an address of the web all the same.
SAFE_LINKS = ("mailto:", "tel:", "https://", "http://", "/commande?", "/commandes?", "/retour?")


class Tags(HTMLParser):
    """Collects the tags and links of a document, and what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.events: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.events += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def drawn(text: str) -> Tags:
    """Every part of the page, with the text wherever a customer or a shop can write."""
    header = replace(
        HEADER,
        customer_name=text,
        customer_email=f"{text}@x",
        customer_phone=text,
        carrier=text,
        pickup_address=text,
        basket_reference=text,
        source=text,
        invoice_number=text,
    )
    address = replace(ADDRESS, name=text, company=text, street=text, city=text, phone=text, country_code=text[:2])
    line = replace(LINE, name=text, sku=text, supplier=text, attributes={text: text})
    other = OtherOrder(text, NOW, OrderStatus.PAID, text, 1, "EUR")
    mail = replace(MAIL, recipient=text)
    shipment = ShipmentRow(
        1, text, text, text, text, NOW, received_at=NOW, received_from=text, contents=((line.id, 2),)
    )
    happened = (
        ActorKind.PERSON,
        1,
        text,
        HistoryEvent.EDITED,
        {text: text},
        {text: f"{text}.", "shipment_id": 1},
        text,
    )
    entry = HistoryEntry(1, NOW, *happened, mails=(mail,))
    article = ReturnedArticle(1, text, 1)
    denied = ReturnRow(7, 1, ReturnStatus.DENIED, ReturnReason.OTHER, text, NOW, (article,))
    parts = [
        html("facts.html", facts=customer_facts(header, replace(ACCOUNT, company=text, locale=text))),
        html("facts.html", facts=[*delivery_facts(header, TODAY), *payment_facts(header), *origin_facts(header)]),
        html("addresses.html", blocks=address_blocks(address, replace(address, name="autre"))),
        html("lines.html", lines=[article_row(line, "EUR")]),
        html("totals.html", vat_totals=(), sums=sums(header), total=text, currency="EUR"),
        html("payments.html", payments=[money_row(replace(PAYMENT, reference=text))]),
        *(html("parcel.html", parcel=parcel) for parcel in parcels(page_of(shipment, lines=(line,)), TODAY)),
        html("returns.html", returns=[return_block(denied, NOW.date())]),
        html("others.html", others=[other_row(other)]),
        html("timeline.html", entries=[timeline_entry(entry, "EUR", NOW, {1: shipment})]),
    ]
    document = Tags()
    document.feed("".join(parts))
    return document


def test_every_naughty_string_is_shown_as_text(shared_data: Path) -> None:
    for text in json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8")):
        document = drawn(text)
        assert document.tags <= ALLOWED_TAGS, text
        assert document.events == []
        assert all(link.startswith(SAFE_LINKS) for link in document.links), text


def test_a_script_is_shown_as_it_was_written() -> None:
    assert "<script>alert(1)</script>" in drawn("<script>alert(1)</script>").text


def test_an_order_without_lines_or_history_says_so() -> None:
    assert "aucun article" in html("lines.html", lines=[])
    assert "Rien n’a encore été noté" in html("timeline.html", entries=[])
