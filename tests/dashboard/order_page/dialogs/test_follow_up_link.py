"""« Lien de suivi »: shown and copied; what was sent is revoked after a second thought."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import Order
from db.settings import settings
from tests.dashboard.apptest import open_page
from tests.factories import create_order

QUESTION = "Lien de suivi"


def opened(person_id: int) -> AppTest:
    at = open_page("/commande", person_id=person_id, query={"n": "A-1"})
    menu = at.get("menu_button")[0]
    return menu.click_index(next(i for i, each in enumerate(menu.options) if each.endswith(f": {QUESTION}"))).run()


def acts(at: AppTest) -> list[object]:
    return [button for button in at.button if str(button.key).endswith("_act")]


def new_order() -> int:
    with transaction() as session:
        return create_order(session, number="A-1").id


def test_the_link_is_there_to_copy_and_to_open(signed_up: Callable[..., int]) -> None:
    new_order()
    at = opened(signed_up(Role.SUPPORT))
    assert not at.exception
    (code,) = at.code
    assert code.value.startswith(f"{settings().public_url}/suivi/")
    (button,) = at.get("link_button")
    assert button.proto.url == code.value
    assert acts(at) == []  # Nothing is revoked by a slip.


def test_sent_links_are_revoked_after_a_second_thought(signed_up: Callable[..., int]) -> None:
    order_id = new_order()
    at = opened(signed_up(Role.SUPPORT))
    next(toggle for toggle in at.toggle if str(toggle.key).endswith("_revokes")).set_value(True).run()
    assert "n’ouvrira cette commande" in at.warning[0].value
    (act,) = acts(at)
    old = at.code[0].value
    at = act.click().run()  # type: ignore[attr-defined]
    assert not at.exception
    assert "Les liens envoyés sont révoqués. Voici le nouveau" in at.success[0].value
    assert at.code[0].value != old  # The new one is there at once, to copy.
    assert acts(at) == []
    with reading() as session:
        assert session.get_one(Order, order_id).link_generation == 1
