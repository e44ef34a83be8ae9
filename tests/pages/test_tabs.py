"""The tabs above the lists of returns, refunds, vouchers, stock and payouts."""

import pytest

from db.domain.permissions import Role
from tests.dashboard.apptest import open_page


@pytest.mark.parametrize("path", ["/retours", "/remboursements", "/bons-achat", "/stock", "/reversements"])
def test_a_click_on_the_marked_tab_leaves_it_marked(signed_up, path):
    at = open_page(path, person_id=signed_up(Role.ADMIN))
    assert not at.exception
    (tabs,) = at.segmented_control
    assert tabs.proto.required
    assert tabs.value
