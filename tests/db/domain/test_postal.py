"""Addresses as an envelope bears them."""

from db.domain.postal import PostalAddress, at_pickup_point


def test_the_town_is_in_capitals_and_what_is_inside_the_building_comes_before_the_street() -> None:
    address = PostalAddress("Évelyne Morin", "", "3 allée des Châtaigniers", "Bâtiment B", "22560", "Pleumeur-l’Été")
    assert address.lines == ("Évelyne Morin", "Bâtiment B", "3 allée des Châtaigniers", "22560 PLEUMEUR-L ETE")


def test_a_company_comes_before_the_person_who_works_there() -> None:
    address = PostalAddress("Évelyne Morin", "Mairie de Brest", "2 rue Frézier", "", "29200", "Brest")
    assert address.lines == ("Mairie de Brest", "Évelyne Morin", "2 rue Frézier", "29200 BREST")


def test_the_country_is_there_only_abroad() -> None:
    assert PostalAddress(city="Bruxelles", postcode="1000", country_code="BE").lines == ("1000 BRUXELLES", "BELGIQUE")
    assert PostalAddress(city="Saint-Denis", postcode="97400", country_code="RE").country == ""
    assert PostalAddress(city="Ailleurs", country_code="zz").country == "ZZ"
    assert PostalAddress(city="Abidjan", country_code="CI").country == "COTE D IVOIRE"


def test_a_parcel_for_a_pickup_point_bears_its_address_and_the_customers_name() -> None:
    home = PostalAddress("Évelyne Morin", "", "1 rue d’Ici", "", "35000", "Rennes", phone="0612345678")
    there = at_pickup_point(home, "Tabac de la Poste\n4 place du Marché\n\n35400  Saint-Malo\n")
    assert there.lines == ("Tabac de la Poste", "Évelyne Morin", "4 place du Marché", "35400 SAINT-MALO")
    assert there.phone == "0612345678"


def test_a_pickup_point_without_a_town_keeps_its_lines() -> None:
    home = PostalAddress("Évelyne Morin")
    assert at_pickup_point(home, "Consigne\nquai 3").lines == ("Consigne", "Évelyne Morin", "quai 3")
    assert at_pickup_point(home, "35400 Saint-Malo").company == "35400 Saint-Malo"
    assert at_pickup_point(home, " \n ").lines == ("Évelyne Morin",)
