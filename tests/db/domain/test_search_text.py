from db.domain.search_text import (
    SearchableLine,
    customer_text,
    seller_text,
    summary_of,
    what_text,
    who_text,
)


def test_an_order_is_found_by_number_name_company_mail_and_national_phone_digits() -> None:
    assert who_text("F-12", "Élodie Féat", "Gîtes & Cie", "Elodie@Example.org", "+33 6 39 98 00 01") == (
        "f-12 | elodie feat | gites & cie | elodie@example.org | 639980001"
    )


def test_what_is_missing_leaves_no_gap() -> None:
    assert who_text("F-12", "", "", "", "") == "f-12"
    assert what_text([]) == ""
    assert customer_text("Anne", "", "", "") == "anne"


def test_products_are_found_by_name_reference_supplier_and_attributes_each_once() -> None:
    lines = [
        SearchableLine("Thé vert", "THE-1", "Jardins d'Assam", {"Contenance": "100 g"}),
        SearchableLine("Thé vert", "THE-2", "Jardins d'Assam", {"Contenance": "100 g", "Couleur": "Écru"}),
    ]
    assert what_text(lines) == "the vert | the-1 | jardins d'assam | contenance 100 g | the-2 | couleur ecru"


def test_the_order_in_which_attributes_are_stored_does_not_matter() -> None:
    one = SearchableLine("Bol", "B", "", {"Taille": "M", "Couleur": "bleu"})
    other = SearchableLine("Bol", "B", "", {"Couleur": "bleu", "Taille": "M"})
    assert what_text([one]) == what_text([other]) == "bol | b | couleur bleu | taille m"


def test_a_search_never_matches_across_two_neighbours() -> None:
    text = what_text([SearchableLine("vert", "75001", "", {})])
    assert "vert 75" not in text


def test_customers_and_sellers_are_found_by_what_people_know_of_them() -> None:
    assert customer_text("Zoé Le Goff", "Mairie", "zoe@example.org", "02 61 91 00 00") == (
        "zoe le goff | mairie | zoe@example.org | 261910000"
    )
    assert seller_text("Grès & Marées", "GRES", "contact@example.com") == "gres & marees | gres | contact@example.com"


def test_a_summary_names_the_first_article_and_counts_the_others() -> None:
    assert summary_of([]) == ""
    assert summary_of(["Thé vert bio"]) == "Thé vert bio"
    assert summary_of(["Thé vert bio", "Bol", "Bol"]) == "Thé vert bio +2"
