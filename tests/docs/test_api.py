"""docs/api.md is true: its requests run on both databases and are answered as it says."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.web.api.guard import MAX_BODY_BYTES, PER_NETWORK, PER_TOKEN, REFUSED_PER_NETWORK
from dashboard.web.api.problems import _HTTP_CODES, _REFUSALS, _WORDS
from db.domain.actor import SYSTEM
from db.domain.api import Scope
from db.domain.incoming import MAX_LINES, FaultCode
from db.domain.time import utc_now
from db.domain.vouchers import NewVoucher
from db.engine import transaction
from db.services import vouchers
from db.services.intake import take_in_new_orders
from db.services.payments import book_captured_payments
from tests.dashboard.web.api.conftest import api_database, give_token, shop  # noqa: F401  fixtures of this file too
from tests.factories import create_customer

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```bash\n(curl .*?)```.*?```json\n(.*?)```", PAGE, re.DOTALL)


def run(shop, command):  # noqa: F811  the fixture's name
    """Send what curl would send."""
    words = shlex.split(command.replace("\\\n", " "))[1:]
    options = [(words[place], words[place + 1]) for place in range(len(words)) if words[place] in {"-H", "-d"}]
    address = urlsplit(next(word for word in words if word.startswith("http")))
    headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    body = next((value for option, value in options if option == "-d"), None)
    path = address.path.removeprefix("/api/v1") + (f"?{address.query}" if address.query else "")
    return shop.request("POST" if body else "GET", path, content=body and body.encode(), headers=headers)


def test_every_request_is_answered_as_the_page_says(shop, monkeypatch):  # noqa: F811  the fixture's name
    assert len(EXAMPLES) == 8
    monkeypatch.setattr(vouchers, "draw_code", lambda: "2345-679A-CDEP")
    with transaction() as session:
        given = NewVoucher(20_00, "example", customer_id=create_customer(session).id)
        vouchers.give_voucher(session, SYSTEM, given, utc_now())
    for command, expected in EXAMPLES:
        answer = run(shop, command).json()
        told = json.loads(expected)
        assert {name: answer.get(name) for name in told} == told, command
        with transaction() as session:  # Seconds later.
            take_in_new_orders(session, utc_now(), limit=10)
            book_captured_payments(session, utc_now())


def test_the_page_names_every_scope_code_and_limit():
    codes = {code for _, code in _REFUSALS.values()} | {code for code, _ in _HTTP_CODES.values()}
    words = codes | {*Scope, *FaultCode} | {code for code, _ in _WORDS.values()} | {"unauthorized", "too_many_requests"}
    assert [word for word in sorted(words) if f"`{word}`" not in PAGE] == []
    assert PER_TOKEN.amount == 600
    assert PER_NETWORK.amount == 1200
    assert REFUSED_PER_NETWORK.amount == 30
    assert (MAX_BODY_BYTES, MAX_LINES) == (1024 * 1024, 500)
