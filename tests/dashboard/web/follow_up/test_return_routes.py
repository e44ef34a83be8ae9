"""Returns over HTTP, as the customer's browser sends them: without a script, with everything a form can bring."""

import re
from html import unescape
from threading import Event

import pytest
import sqlalchemy as sa

from dashboard.web.follow_up import photos
from dashboard.web.follow_up.photos import ACTS_PER_LINK
from db.domain.actor import Actor
from db.domain.orders import ActorKind, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import MAX_EXPLANATION, MAX_MESSAGE, ReturnMove, ReturnReason
from db.domain.time import utc_now
from db.engine import engine, reading, transaction
from db.models import Return, ReturnLine, ReturnMessage, ReturnPhoto, StoredFile
from db.pictures import MAX_PHOTO_BYTES, clean_photo
from db.services.returns.moves import move_return
from db.services.returns.thread import write_message
from db.settings import settings
from jobs.files import make_small_files
from jobs.run import Run
from tests.dashboard.web.follow_up.returned import add_delivered, photo
from tests.factories import create_person, viewer_for

REASON = {"motif": "damaged"}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def get(site, path):
    with site.client(Accept="text/html") as client:
        return client.get(path)


def post(site, path, fields, photos=(), **headers):
    """Send a form as browsers do, several values of a name as a list."""
    files = [("photos", (f"photo {place}.jpg", each, "image/jpeg")) for place, each in enumerate(photos, start=1)]
    with site.client(Accept="text/html", **headers) as client:
        return client.post(path, data=fields, files=files or [("photos", ("", b"", "application/octet-stream"))])


def ask(site, order, *, photos=(), **fields):
    fields = {"article": [str(order.teapot)], "cle": "k"} | REASON | fields
    return post(site, f"{order.path()}/retour", fields, photos)


def say(answer):
    """The words of a page, as they are read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ").split())


def returns():
    with reading() as session:
        return list(session.execute(sa.select(Return.id, Return.status, Return.reason, Return.explanation)))


def units(return_id):
    with reading() as session:
        found = sa.select(ReturnLine.order_line_id, ReturnLine.quantity).where(ReturnLine.return_id == return_id)
        return dict(session.execute(found).all())


def asked_for(site, order, **fields):
    """The address of the page of a return that was asked for."""
    answer = ask(site, order, **fields)
    assert answer.status_code == 303, say(answer)
    return answer.headers["location"]


def id_of(path):
    return int(path.rsplit("/", 1)[1].split("#")[0])


def accept(return_id, **move):
    with transaction() as session:
        staff = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
        version = session.get_one(Return, return_id).version
        move_return(session, staff, return_id, version, ReturnMove(**{"target": ReturnStatus.AWAITING_PARCEL} | move),
                    utc_now())  # fmt: skip


# To ask.


def test_the_form_offers_what_can_come_back_and_what_people_typed_is_text(site, use_database):
    order = add_delivered()
    page = get(site, f"{order.path()}/retour")
    assert page.status_code == 200
    assert "Théière &lt;b&gt;noire&lt;/b&gt;" in page.text
    assert f'<input type="checkbox" id="article-{order.teapot}"' in page.text
    assert page.text.count("<option") == 4  # Of four cups; one teapot needs no list.
    assert all(reason.label in unescape(page.text) for reason in ReturnReason)
    assert "script" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_a_return_is_asked_for_with_quantities_a_reason_and_words(site, use_database):
    order = add_delivered()
    ticked = {"article": [str(order.teapot), str(order.cups)], f"unites-{order.cups}": "3"}
    path = asked_for(site, order, **ticked, explication="Le bec est fêlé.\r\nDeux tasses aussi.")
    ((return_id, status, reason, explanation),) = returns()
    assert (status, reason, explanation) == (
        ReturnStatus.REQUESTED,
        ReturnReason.DAMAGED,
        "Le bec est fêlé.\nDeux tasses aussi.",
    )
    assert units(return_id) == {order.teapot: 1, order.cups: 3}
    page = get(site, path)
    assert "Votre demande de retour est enregistrée" in page.text
    assert "N’envoyez rien avant notre réponse" in page.text
    assert "3 × Tasse" in say(page)
    assert "Le bec est fêlé.\nDeux tasses aussi." in page.text
    assert f"{order.path()}/retours/{return_id}" in get(site, order.path()).text


def test_a_form_that_is_sent_twice_asks_once(site, use_database):
    order = add_delivered()
    pages = [id_of(asked_for(site, order, cle="same")) for _ in range(2)]
    ((return_id, *_),) = returns()
    assert pages == [return_id, return_id]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"article": []}, "Choisissez au moins un article"),
        ({"motif": ""}, "Indiquez pourquoi vous renvoyez ces articles."),
        ({"motif": "x"}, "Indiquez pourquoi vous renvoyez ces articles."),
        ({"explication": "é" * (MAX_EXPLANATION + 1)}, f"dépasse {MAX_EXPLANATION} caractères"),
        ({"article": ["999999"]}, "n’est pas de cette commande"),
    ],
)
def test_a_refusal_says_why_and_loses_nothing_that_was_typed(site, use_database, fields, said):
    order = add_delivered()
    typed = {"explication": "Deux </textarea> mots", "article": [str(order.cups)], f"unites-{order.cups}": "2"}
    answer = ask(site, order, photos=[photo()], **typed | fields)
    assert answer.status_code == 422
    assert said in say(answer)
    assert "Choisissez de nouveau vos photos" in say(answer)
    assert returns() == []
    if "explication" not in fields:
        assert "Deux &lt;/textarea&gt; mots</textarea>" in answer.text
    if "article" not in fields:
        assert f'value="{order.cups}" checked' in answer.text
        assert "<option selected>2</option>" in answer.text
    if "motif" not in fields:
        assert 'value="damaged" required checked' in answer.text
    assert 'name="cle" value="k"' in answer.text


def test_more_than_there_is_is_refused_with_the_limit(site, use_database):
    order = add_delivered()
    answer = ask(site, order, article=[str(order.cups)], **{f"unites-{order.cups}": "5"})
    assert answer.status_code == 422
    assert "4 unités au plus" in say(answer)


def test_where_returns_are_off_the_order_s_page_says_what_to_do(site, use_database):
    order = add_delivered(is_on=False)
    page = get(site, order.path())
    assert "Écrivez-nous quel article vous voulez rendre" in say(page)
    assert f"{order.path()}/retour" not in page.text
    for answer in (get(site, f"{order.path()}/retour"), ask(site, order)):
        assert (answer.status_code, answer.headers["location"]) == (303, f"{order.path()}#retour")
    assert returns() == []


def test_no_page_of_another_site_asks_for_a_return(site, use_database):
    order = add_delivered()
    answer = post(
        site, f"{order.path()}/retour", {"article": str(order.teapot)} | REASON, Origin="https://evil.example"
    )
    assert answer.status_code == 403
    assert returns() == []


def test_a_printed_link_only_reads(site, use_database):
    order = add_delivered()
    asked_for(site, order, explication="Fêlée.", photos=[photo()])
    return_id = returns()[0].id
    with transaction() as session:
        write_message(session, Actor(ActorKind.CUSTOMER, "É. Morin"), return_id, "Un secret", utc_now())
    paper = order.path(on_paper=True)
    page = get(site, f"{paper}/retours/{return_id}")
    assert page.status_code == 200
    assert "Théière" in page.text
    assert not re.search(r"Un secret|Fêlée\.|<form|/photos/", page.text)
    assert post(site, f"{paper}/retour", {"article": str(order.cups)} | REASON).status_code == 403
    for text in ("Bonjour", ""):
        answer = post(site, f"{paper}/retours/{return_id}/messages", {"message": text}, [photo("blue")])
        assert answer.status_code == 422
        assert "ouvrez le lien reçu par e-mail" in say(answer)
    assert get(site, f"{paper}/retours/{return_id}/photos/1").status_code == 404
    assert get(site, f"{paper}/retour").headers["location"] == f"{paper}#retour"
    with reading() as session:
        assert len(returns()) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(ReturnMessage)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(ReturnPhoto)) == 1


# Photos.


def photo_ids():
    with reading() as session:
        return list(session.scalars(sa.select(ReturnPhoto.id).order_by(ReturnPhoto.id)))


def test_photos_are_kept_as_drawn_anew_and_shown_to_their_customer_alone(site, use_database):
    order, other = add_delivered(), add_delivered()
    path = asked_for(site, order, photos=[photo("red", comment=b"GPS 48.1,-1.6"), photo("blue", format="PNG")])
    first, second = photo_ids()
    page = get(site, path)
    assert f'<img src="{path}/photos/{first}" alt="Photo 1 sur 2"' in page.text
    shown = get(site, f"{path}/photos/{second}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["cache-control"].startswith("private")
    assert shown.headers["x-robots-tag"].startswith("noindex")
    assert b"GPS" not in get(site, f"{path}/photos/{first}").content
    for wrong in (f"{other.path()}/retours/{id_of(path)}/photos/{first}", f"{path}/photos/x", f"{path}/photos/9"):
        assert get(site, wrong).status_code == 404


def test_a_bad_photo_keeps_no_other_away_and_neither_keeps_the_return_away(site, use_database):
    order = add_delivered()
    answer = ask(site, order, photos=[photo("red"), b"not a picture", photo("blue")])
    assert answer.status_code == 422
    assert "« photo 2.jpg » : Choisissez une photo JPEG, PNG ou WebP." in say(answer)
    assert "Votre demande de retour est enregistrée" in answer.text
    assert len(photo_ids()) == 2
    assert len(returns()) == 1


def test_photos_are_added_later_up_to_the_limit(site, use_database):
    order = add_delivered(max_photos=2)
    path = asked_for(site, order, photos=[photo("red")])
    assert "(1 au plus, avec ou sans message)" in get(site, path).text
    added = post(site, f"{path}/messages", {"message": " "}, [photo("blue"), photo("green")])
    assert "2 photos au plus par demande" in say(added)
    assert len(photo_ids()) == 2
    assert 'type="file"' not in get(site, path).text
    with reading() as session:
        assert session.scalars(sa.select(ReturnMessage.id)).all() == []


def test_a_message_and_its_photos_go_together(site, use_database):
    order = add_delivered()
    path = asked_for(site, order)
    assert get(site, path).text.count("<form") == 1
    sent = post(site, f"{path}/messages", {"message": "Voici la fêlure.", "cle": "m"}, [photo("red"), photo("blue")])
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}#messages")
    assert len(photo_ids()) == 2
    assert "Voici la fêlure." in say(get(site, path))


def test_a_bad_photo_keeps_no_message_away_and_a_bad_message_stays_typed(site, use_database):
    order = add_delivered()
    path = asked_for(site, order)
    answer = post(site, f"{path}/messages", {"message": "é" * (MAX_MESSAGE + 1)}, [photo("red")])
    assert answer.status_code == 422
    assert "Choisissez de nouveau vos photos" in say(answer)
    assert f"{'é' * (MAX_MESSAGE + 1)}</textarea>" in answer.text
    assert photo_ids() == []

    answer = post(site, f"{path}/messages", {"message": "La fêlure."}, [b"not a picture", photo("blue")])
    assert "Choisissez une photo JPEG, PNG ou WebP." in say(answer)
    assert answer.text.count("La fêlure.") == 1  # In the thread, not in the field.
    assert len(photo_ids()) == 1


def test_no_more_photos_are_opened_than_a_return_may_have(site, use_database, monkeypatch):
    opened = []
    monkeypatch.setattr(photos, "clean_photo", lambda data: (opened.append(1), clean_photo(data))[1])
    order = add_delivered(max_photos=2)
    sent = [photo((shade, 0, 0)) for shade in range(0, 240, 8)]
    answer = ask(site, order, photos=sent)
    assert (len(sent), len(opened), len(photo_ids())) == (30, 2, 2)
    assert "« photo 3.jpg » : 2 photos au plus par demande." in say(answer)


def test_a_form_that_is_sent_twice_adds_its_photos_once_and_complains_of_nothing(site, use_database):
    order = add_delivered(max_photos=2)
    for _ in range(2):
        asked_for(site, order, cle="same", photos=[photo("red"), photo("blue")])
    assert len(photo_ids()) == 2


def test_photos_that_are_too_heavy_together_lose_no_word(site, use_database):
    order = add_delivered(max_photos=1)
    heavy = [b"\xff" * MAX_PHOTO_BYTES, b"\xff" * MAX_PHOTO_BYTES]
    answer = ask(site, order, photos=heavy, explication="Fêlée en deux endroits.")
    assert answer.status_code == 422
    assert "vos photos sont trop lourdes" in say(answer)
    assert "Fêlée en deux endroits." in answer.text
    assert returns() == []


def test_a_form_that_is_none_leads_nobody_to_the_dashboard(site, use_database):
    order = add_delivered()
    with site.client(Accept="text/html", **{"Content-Type": "multipart/form-data"}) as client:
        answer = client.post(f"{order.path()}/retour", content=b"nonsense")
    assert answer.status_code == 400
    assert "Rouvrez le lien reçu par e-mail." in say(answer)
    assert 'href="/"' not in answer.text


def test_without_photos_in_the_settings_none_is_asked_for(site, use_database):
    order = add_delivered(max_photos=0)
    assert 'type="file"' not in get(site, f"{order.path()}/retour").text
    assert 'type="file"' not in get(site, asked_for(site, order)).text


# To follow.


def test_the_customer_writes_and_reads_the_answer(site, use_database):
    order = add_delivered()
    path = asked_for(site, order)
    with site.client(Accept="text/html") as client:
        for _ in range(2):  # The same form, sent twice.
            sent = client.post(f"{path}/messages", data={"message": "Bonjour,\r\noù l’envoyer ?", "cle": "m"})
            assert (sent.status_code, sent.headers["location"]) == (303, f"{path}#messages")
    with transaction() as session:
        staff = Actor.person(viewer_for(create_person(session, Role.SUPPORT, name="Claire Petit")))
        write_message(session, staff, id_of(path), "Attendez <notre> accord.", utc_now())
    page = get(site, path)
    assert page.text.count("Bonjour,\noù l’envoyer ?") == 1
    assert "Attendez &lt;notre&gt; accord." in page.text
    assert "Service client" in page.text
    assert "Claire" not in page.text


def test_what_staff_wrote_with_their_acceptance_is_in_the_thread(site, use_database):
    order = add_delivered()
    path = asked_for(site, order)
    accept(id_of(path), message="Laissez la théière dans sa boîte.")
    thread = say(get(site, path)).split("Vos échanges avec nous")[1]
    assert thread.count("Laissez la théière dans sa boîte.") == 1
    assert "Service client" in thread


@pytest.mark.parametrize(("text", "said"), [("  ", "Écrivez le message"), ("é" * (MAX_MESSAGE + 1), "Abrégez-le")])
def test_a_message_that_cannot_be_sent_is_kept_in_its_place(site, use_database, text, said):
    order = add_delivered()
    path = asked_for(site, order)
    with site.client(Accept="text/html") as client:
        answer = client.post(f"{path}/messages", data={"message": text})
    assert answer.status_code == 422
    assert said in say(answer)
    assert f"\n{text}</textarea>" in answer.text


def test_a_link_opens_no_return_of_another_order(site, use_database):
    order, other = add_delivered(), add_delivered()
    path = asked_for(site, order)
    foreign = f"{other.path()}/retours/{id_of(path)}"
    for address in (foreign, f"{order.path()}/retours/x", f"{order.path()}/retours/0"):
        assert get(site, address).status_code == 404
    assert get(site, f"{foreign}/bon").status_code == 404
    assert post(site, f"{foreign}/messages", {}, [photo()]).status_code == 404
    with site.client(Accept="text/html") as client:
        assert client.post(f"{foreign}/messages", data={"message": "Bonjour"}).status_code == 404
    with reading() as session:
        assert session.scalars(sa.select(ReturnMessage.id)).all() == []
    assert photo_ids() == []
    for address in ("/suivi/x/retour", "/suivi/x/retours/1", "/suivi/x/retours/1/bon", "/suivi/x/retours/1/photos/1"):
        assert "Ce lien n’ouvre aucune commande" in get(site, address).text


def test_the_slip_is_made_once_the_return_is_accepted(site, use_database):
    order = add_delivered(instructions="Déposez le colis\nchez Mondial Relay.")
    path = asked_for(site, order)
    assert f"{path}/bon" not in get(site, path).text
    accept(id_of(path))

    page = get(site, path)
    assert "Votre retour est accepté" in page.text
    assert "Déposez le colis\nchez Mondial Relay." in page.text
    assert "35000 Rennes" in page.text
    waiting = get(site, f"{path}/bon")
    assert (waiting.status_code, waiting.headers["refresh"]) == (503, "3")
    assert get(site, f"{path}/bon").status_code == 503
    make_small_files(Run(engine(), "worker", Event()))
    slip = get(site, f"{path}/bon")

    assert (slip.status_code, slip.headers["content-type"]) == (200, "application/pdf")
    assert slip.content.startswith(b"%PDF")
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 1


def test_a_slip_that_nobody_needs_is_not_made(site, use_database):
    order = add_delivered()
    path = asked_for(site, order)
    accept(id_of(path), target=ReturnStatus.DENIED, message="Le sceau est rompu.")
    answer = get(site, f"{path}/bon")
    assert answer.status_code == 404
    assert "tant que le colis est attendu" in say(answer)
    assert "Le sceau est rompu." in get(site, path).text


# Not too often.


def test_who_sends_without_end_waits_and_loses_nothing(site, use_database, monkeypatch):
    monkeypatch.setattr("dashboard.web.follow_up.photos.ACTS_PER_LINK", type(ACTS_PER_LINK)(1))
    order = add_delivered()
    path = asked_for(site, order)
    with site.client(Accept="text/html") as client:
        answer = client.post(f"{path}/messages", data={"message": "Encore moi"})
    assert answer.status_code == 422
    assert re.search(r"Réessayez dans \d+ minutes?\.", say(answer))
    assert "Encore moi</textarea>" in answer.text
