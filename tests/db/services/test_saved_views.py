import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.permissions import Role
from db.models import AuditEntry
from db.queries.saved_views import views_of
from db.services.saved_views import MAX_VIEWS, delete_view, save_view
from tests.factories import create_person, create_seller, viewer_for


def test_a_saved_view_is_seen_by_its_owner_and_a_shared_one_by_everybody(session: Session) -> None:
    ada, bob = viewer_for(create_person(session)), viewer_for(create_person(session))
    save_view(session, ada, "Chèques", "paiement=cheque", is_shared=False)
    save_view(session, ada, "Bing", "origine=bing", is_shared=True)
    assert [(view.name, view.query, view.is_mine) for view in views_of(session, ada)] == [
        ("Bing", "origine=bing", True),
        ("Chèques", "paiement=cheque", True),
    ]
    assert [(view.name, view.is_mine) for view in views_of(session, bob)] == [("Bing", False)]


def test_saving_under_a_name_one_already_has_replaces_that_view(session: Session) -> None:
    ada = viewer_for(create_person(session))
    save_view(session, ada, "Chèques", "paiement=cheque", is_shared=False)
    save_view(session, ada, "  Chèques ", "paiement=cheque&etat=unpaid", is_shared=False)
    assert [view.query for view in views_of(session, ada)] == ["paiement=cheque&etat=unpaid"]


@pytest.mark.parametrize("name", ["", "   ", "\u0000\u0007", "x" * 41])
def test_a_view_needs_a_name_of_reasonable_length(session: Session, name: str) -> None:
    with pytest.raises(InvalidInputError, match="1 à 40 caractères"):
        save_view(session, viewer_for(create_person(session)), name, "", is_shared=False)


def test_a_seller_may_not_share_views(session: Session) -> None:
    person = create_person(session, Role.SELLER, seller_id=create_seller(session).id)
    with pytest.raises(NotAllowedError):
        save_view(session, viewer_for(person), "Les miennes", "", is_shared=True)


def test_a_person_has_a_limited_number_of_views(session: Session) -> None:
    ada = viewer_for(create_person(session))
    for number in range(MAX_VIEWS):
        save_view(session, ada, f"Vue {number}", "", is_shared=False)
    with pytest.raises(InvalidInputError, match="30 vues"):
        save_view(session, ada, "Une de trop", "", is_shared=False)


def test_only_the_owner_deletes_a_view_or_an_administrator_a_shared_one(session: Session) -> None:
    ada, bob = viewer_for(create_person(session)), viewer_for(create_person(session))
    admin = viewer_for(create_person(session, Role.ADMIN))
    private = save_view(session, ada, "Privée", "", is_shared=False)
    shared = save_view(session, ada, "Partagée", "", is_shared=True)
    for viewer, view in ((bob, private), (bob, shared), (admin, private), (ada, 10**9)):
        with pytest.raises(NotFoundError):
            delete_view(session, viewer, view)
    delete_view(session, ada, private)
    delete_view(session, admin, shared)
    assert views_of(session, ada) == []


def test_the_log_says_which_filters_a_view_has_and_nothing_that_was_typed_in_them(session: Session) -> None:
    ada = viewer_for(create_person(session))
    view = save_view(session, ada, "Une cliente", "q=zoe%40exemple.fr&paiement=cheque", is_shared=False)
    of_view = sa.select(AuditEntry.details).where(AuditEntry.event == "view_saved", AuditEntry.subject_id == view)
    assert session.scalars(of_view).all() == [{"after": {"filters": ["paiement", "q"], "is_shared": False}}]
