from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.carriers import DEFAULT_CARRIERS, carrier_named
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import CarrierSetting
from db.queries.carriers import all_carriers
from db.services.carriers import (
    CarrierEdit,
    CarrierNotFoundError,
    add_carrier,
    default_carrier,
    reset_carrier,
    save_carrier,
)
from tests.factories import create_person, viewer_for

COURIER = CarrierEdit("Coursier du Marais", "https://coursier.example/suivi/{number}", 1)
COLISSIMO = CarrierEdit("Colissimo", "https://www.laposte.fr/outils/suivre-vos-envois?code={number}", 2)


@pytest.fixture
def ada(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.ADMIN))


def rows(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(CarrierSetting)) or 0


def test_an_added_carrier_comes_after_ours_and_builds_its_links(session: Session, ada: Viewer) -> None:
    code = add_carrier(session, ada, replace(COURIER, name="  Coursier\u00a0du Marais "))
    added = all_carriers(session)[-1]
    assert (added.code, added.name, added.delivery_days) == (code, "Coursier du Marais", 1)
    assert code == "coursier_du_marais"
    assert added.tracking_url(" AB 12/é") == "https://coursier.example/suivi/AB12%2F%C3%89"


def test_a_changed_carrier_is_kept_and_what_is_as_the_code_says_leaves_no_row(session: Session, ada: Viewer) -> None:
    save_carrier(session, ada, "colissimo", replace(COLISSIMO, delivery_days=5, is_active=False))
    changed = carrier_named(all_carriers(session), "COLISSIMO")
    assert changed is not None
    assert (changed.delivery_days, changed.is_active, rows(session)) == (5, False, 1)
    save_carrier(session, ada, "colissimo", COLISSIMO)
    assert rows(session) == 0
    assert all_carriers(session) == DEFAULT_CARRIERS


def test_a_carrier_goes_back_to_its_default(session: Session, ada: Viewer) -> None:
    save_carrier(session, ada, "dhl", CarrierEdit("DHL Express", "", 1))
    reset_carrier(session, ada, "dhl")
    assert carrier_named(all_carriers(session), "DHL") == default_carrier("dhl")


def test_orders_still_mean_a_carrier_that_was_renamed(session: Session, ada: Viewer) -> None:
    save_carrier(session, ada, "mondial_relay", CarrierEdit("Relais du quartier", "", 4))
    carriers = all_carriers(session)
    assert carrier_named(carriers, "mondial RELAY") == carrier_named(carriers, "relais du quartier")
    with pytest.raises(InvalidInputError, match="désigne déjà un transporteur"):
        add_carrier(session, ada, replace(COURIER, name="Mondial Relay"))


def test_an_added_carrier_has_no_default_to_go_back_to(session: Session, ada: Viewer) -> None:
    code = add_carrier(session, ada, COURIER)
    with pytest.raises(CarrierNotFoundError, match="n’existe pas"):
        reset_carrier(session, ada, code)
    with pytest.raises(CarrierNotFoundError):
        save_carrier(session, ada, "nobody", COURIER)


def test_two_names_of_one_code_are_told_apart(session: Session, ada: Viewer) -> None:
    codes = [add_carrier(session, ada, replace(COURIER, name=name)) for name in ("Vélo+", "Vélo!", "配達", "運送")]
    assert codes == ["velo", "velo_2", "carrier", "carrier_2"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "un nom de 1 à 80 caractères"),
        ({"name": "x" * 81}, "un nom de 1 à 80 caractères"),
        ({"name": "CÔLÏSSIMO"}, "« CÔLÏSSIMO » désigne déjà un transporteur"),
        ({"name": "own_delivery"}, "désigne déjà un transporteur"),
        ({"tracking_url_pattern": "http://coursier.example/{number}"}, "commence par https://"),
        ({"tracking_url_pattern": "javascript:alert({number})"}, "commence par https://"),
        ({"tracking_url_pattern": "https://coursier example/{number}"}, "commence par https://"),
        ({"tracking_url_pattern": "https:///{number}"}, "commence par https://"),
        ({"tracking_url_pattern": f"https://c.example/{'x' * 500}{{number}}"}, "commence par https://"),
        ({"tracking_url_pattern": "https://coursier.example/suivi"}, "Écrivez {number} à l’endroit"),
        ({"tracking_url_pattern": "https://{number}.example/suivi"}, "Écrivez {number} à l’endroit"),
        ({"delivery_days": -1}, "de 0 à 60 jours ouvrés"),
        ({"delivery_days": 61}, "de 0 à 60 jours ouvrés"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    session: Session, ada: Viewer, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        add_carrier(session, ada, replace(COURIER, **change))
    assert sentence.replace("« ", "«\u00a0").replace(" »", "\u00a0»") in str(refusal.value)
    assert rows(session) == 0


def test_a_carrier_may_have_no_link(session: Session, ada: Viewer) -> None:
    add_carrier(session, ada, replace(COURIER, tracking_url_pattern="  "))
    assert all_carriers(session)[-1].tracking_url("1") == ""


def test_the_first_name_of_a_carrier_stays_its_own(session: Session, ada: Viewer) -> None:
    save_carrier(session, ada, "ups", CarrierEdit("Le brun", "", 2))
    save_carrier(session, ada, "gls", CarrierEdit("GLS France", "", 2))
    with pytest.raises(InvalidInputError, match="désigne déjà"):
        save_carrier(session, ada, "gls", CarrierEdit("Ups", "", 2))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_only_who_manages_settings_changes_carriers(session: Session, role: Role) -> None:
    viewer = Viewer(1, "Sam", "sam@example.org", role, 3 if role is Role.SELLER else None)
    for act in (
        lambda: add_carrier(session, viewer, COURIER),
        lambda: save_carrier(session, viewer, "dhl", COURIER),
        lambda: reset_carrier(session, viewer, "dhl"),
    ):
        with pytest.raises(NotAllowedError):
            act()
