"""What plausible sellers of the region sell: trades, their goods, variants, VAT rates and suppliers."""

from typing import NamedTuple

REDUCED = 550  # Food, books.
INTERMEDIATE = 1_000  # Plants, dishes ready to eat.
NORMAL = 2_000  # Everything else, sweets and alcohol included.


class Choice(NamedTuple):
    """An attribute a good comes in: its name, and per value the share (percent) of the base price and weight."""

    attribute: str
    values: tuple[tuple[str, int], ...]


class Good(NamedTuple):
    """Something a trade sells; each value of its choice is one product."""

    name: str
    price_cents: int
    weight_g: int
    choice: Choice
    facts: dict[str, str]
    vat_rate_bp: int


class Trade(NamedTuple):
    """A kind of seller."""

    category: str
    sku_prefix: str
    goods: tuple[Good, ...]
    suppliers: tuple[str, ...]
    #: Business days it takes to prepare an order: four for a shop with stock, fifteen for a maker who works to order.
    lead_days: int


class Shop(NamedTuple):
    """One seller: its trade by name in ``TRADES``, its town in Brittany, how often it is chosen."""

    code: str
    name: str
    legal_name: str
    trade: str
    town: str
    popularity: int


_TEA = Choice("Contenance", (("50 g", 60), ("100 g", 100), ("250 g", 225)))
_COFFEE = Choice("Contenance", (("250 g", 100), ("1 kg", 370)))
_GRIND = Choice("Mouture", (("grains", 100), ("moulu filtre", 100), ("moulu expresso", 100)))
_CHEESE = Choice("Poids", (("la pièce", 100), ("la moitié", 52)))
_JAR = Choice("Contenance", (("125 g", 55), ("250 g", 100), ("500 g", 185)))
_TIN = Choice("Contenance", (("115 g", 100), ("lot de 3 × 115 g", 280)))
_BOTTLE = Choice("Contenance", (("75 cl", 100), ("carton de 6 × 75 cl", 570)))
_GLAZE = Choice("Couleur", (("bleu océan", 100), ("grès brut", 100), ("vert céladon", 100)))
_FORMAT = Choice("Format", (("broché", 100), ("poche", 45)))
_ONE_FORMAT = Choice("Format", (("relié", 100),))
_SOAP = Choice("Parfum", (("lavande", 100), ("algues", 100), ("sans parfum", 100)))
_HANDLE = Choice("Manche", (("buis", 100), ("noyer", 100), ("corne", 135)))
_AGE = Choice("Âge", (("dès 18 mois", 100), ("dès 3 ans", 100)))
_SIZE = Choice("Taille", (("S", 100), ("M", 100), ("L", 100), ("XL", 100)))
_HOME_TEXTILE = Choice("Couleur", (("écru", 100), ("bleu marine", 100), ("ocre", 100)))
_POT = Choice("Pot", (("1 litre", 100), ("3 litres", 210)))
_PAPER = Choice("Format", (("A5", 100), ("A4", 160)))
_BOX = Choice("Contenance", (("la boîte de 12", 100), ("la boîte de 24", 185)))
_CAKE = Choice("Taille", (("4 parts", 100), ("8 parts", 185)))
_METAL = Choice("Matière", (("argent", 100), ("plaqué or", 125)))
_LEATHER = Choice("Couleur", (("cognac", 100), ("noir", 100)))
_SERVED = Choice("Parts", (("2 parts", 100), ("4 parts", 190)))


def _goods(vat_rate_bp: int, choice: Choice, *items: tuple[str, int, int, str]) -> tuple[Good, ...]:
    """Build goods that share a rate and a choice; an item is name, price, weight and « Fact=value » or nothing."""
    return tuple(
        Good(name, price, weight, choice, dict([fact.split("=", 1)]) if fact else {}, vat_rate_bp)
        for name, price, weight, fact in items
    )


TRADES = {
    "tea": Trade(
        "Thés et infusions",
        "THE",
        _goods(
            REDUCED,
            _TEA,
            ("Thé vert bio Sencha", 8_50, 115, "Origine=Japon"),
            ("Thé vert bio à la menthe", 7_20, 115, "Origine=Maroc"),
            ("Thé noir Darjeeling première récolte", 14_50, 115, "Origine=Inde"),
            ("Thé noir fumé Lapsang souchong", 9_20, 115, "Origine=Chine"),
            ("Thé noir Earl Grey fleurs bleues", 7_90, 115, "Origine=Sri Lanka"),
            ("Thé blanc Bai Mu Dan", 13_80, 110, "Origine=Chine"),
            ("Thé Oolong au beurre salé", 10_40, 115, "Origine=Taïwan"),
            ("Rooibos vanille-caramel", 6_90, 115, "Origine=Afrique du Sud"),
            ("Infusion du soir tilleul-verveine", 6_40, 100, "Origine=Bretagne"),
            ("Infusion algues et agrumes", 8_10, 100, "Origine=Bretagne"),
            ("Maté vert torréfié", 6_60, 115, "Origine=Brésil"),
            ("Thé de Noël aux épices", 8_90, 115, "Origine=Sri Lanka"),
        ),
        ("Comptoir des Indes galantes", "Jardins d'Assam", "Simples de Brocéliande"),
        4,
    ),
    "cheese": Trade(
        "Fromages et crèmerie",
        "FRO",
        _goods(
            REDUCED,
            _CHEESE,
            ("Tome de vache affinée 6 mois", 17_80, 900, "Lait=cru de vache"),
            ("Trappe au cidre", 13_50, 600, "Lait=de vache"),
            ("Bûche de chèvre cendrée", 7_60, 220, "Lait=cru de chèvre"),
            ("Crottin de chèvre frais", 3_40, 90, "Lait=cru de chèvre"),
            ("Brebis des monts d'Arrée", 21_40, 850, "Lait=cru de brebis"),
            ("Bleu de l'Odet", 12_90, 500, "Lait=de vache"),
            ("Tome aux algues wakamé", 18_90, 900, "Lait=cru de vache"),
            ("Camembert breton au lambig", 6_90, 270, "Lait=cru de vache"),
            ("Beurre baratté demi-sel", 3_95, 260, "Sel=de Guérande"),
            ("Plateau de cinq fromages", 34_00, 1_600, "Pour=6 personnes"),
        ),
        ("Ferme de Kerguelen", "GAEC du Menez", "Laiterie des Abers"),
        5,
    ),
    "ceramics": Trade(
        "Céramique",
        "CER",
        _goods(
            NORMAL,
            _GLAZE,
            ("Bol à oreilles", 24_00, 420, "Lavage=main"),
            ("Tasse expresso et sa soucoupe", 18_00, 280, "Lavage=lave-vaisselle"),
            ("Grande assiette plate", 29_00, 780, "Lavage=lave-vaisselle"),
            ("Saladier grès", 62_00, 1_900, "Diamètre=28 cm"),
            ("Pichet à cidre", 48_00, 1_150, "Contenance=1 litre"),
            ("Vase boule", 56_00, 1_300, "Hauteur=19 cm"),
            ("Beurrier à eau", 36_00, 650, "Lavage=main"),
            ("Théière ronde", 74_00, 1_050, "Contenance=90 cl"),
            ("Mug du marin", 21_00, 390, "Contenance=35 cl"),
            ("Plat à four rectangulaire", 52_00, 2_100, "Dimensions=32 × 22 cm"),
        ),
        ("Argiles de l'Ouest", "Émaux Rivière"),
        13,
    ),
    "books": Trade(
        "Librairie",
        "LIV",
        _goods(
            REDUCED,
            _FORMAT,
            ("Contes de la lande et du vent", 19_90, 380, "Éditeur=Éditions de l'Aber"),
            ("Petite histoire de la Bretagne", 22_00, 430, "Éditeur=Éditions de l'Aber"),
            ("Le Phare des oubliés, roman", 20_90, 360, "Éditeur=Goulven & fils"),
            ("Les Noyées de Kermaria, polar", 18_50, 340, "Éditeur=Goulven & fils"),
            ("Apprendre le breton en 40 leçons", 24_50, 520, "Éditeur=Skol Embann"),
            ("L'Année des méduses, nouvelles", 16_90, 280, "Éditeur=Les Embruns"),
            ("Poèmes du sel et de l'ardoise", 14_00, 210, "Éditeur=Les Embruns"),
        )
        + _goods(
            REDUCED,
            _ONE_FORMAT,
            ("Atlas des oiseaux du littoral", 39_00, 1_350, "Pages=288"),
            ("Cuisine des algues : 60 recettes", 27_50, 980, "Pages=176"),
            ("Kouign-amann et autres péchés", 25_00, 900, "Pages=144"),
            ("Sentiers des douaniers, le guide", 21_50, 610, "Pages=320"),
            ("Ploum et la marée, album jeunesse", 14_90, 420, "Âge=dès 3 ans"),
        ),
        ("Diffusion Grand Ouest", "Les Embruns", "Éditions de l'Aber"),
        4,
    ),
    "soap": Trade(
        "Savons et cosmétiques",
        "SAV",
        _goods(
            NORMAL,
            _SOAP,
            ("Savon à froid surgras", 6_50, 110, "Label=Slow Cosmétique"),
            ("Shampoing solide", 9_90, 85, "Label=Slow Cosmétique"),
            ("Savon noir liquide", 12_50, 1_080, "Contenance=1 litre"),
            ("Baume pour les mains", 13_90, 75, "Contenance=60 ml"),
            ("Déodorant solide", 10_90, 70, "Label=bio"),
            ("Huile de soin", 19_50, 150, "Contenance=100 ml"),
            ("Savon à barbe", 11_50, 120, "Label=bio"),
            ("Sels de bain", 9_20, 420, "Contenance=350 g"),
            ("Coffret trois savons", 18_90, 380, "Emballage=cadeau"),
        ),
        ("Huilerie du Trégor", "Algues & Co de Pleubian", "Essences de Haute-Provence"),
        5,
    ),
    "honey": Trade(
        "Miel et ruche",
        "MIE",
        _goods(
            REDUCED,
            _JAR,
            ("Miel de blé noir", 8_90, 420, "Récolte=été"),
            ("Miel de bruyère des monts d'Arrée", 11_90, 420, "Récolte=automne"),
            ("Miel de printemps crémeux", 7_90, 420, "Récolte=printemps"),
            ("Miel de châtaignier", 8_50, 420, "Récolte=été"),
            ("Miel de ronce et trèfle", 7_70, 420, "Récolte=été"),
            ("Confit d'hydromel", 7_20, 380, ""),
        )
        + _goods(
            NORMAL,
            Choice("Taille", (("petite", 100), ("grande", 190))),
            ("Bougie en cire d'abeille", 9_50, 180, "Durée=20 heures"),
            ("Bougie ruche alvéolée", 12_50, 240, "Durée=35 heures"),
        )
        + _goods(NORMAL, _BOTTLE, ("Chouchen artisanal", 13_90, 1_300, "Alcool=14 % vol.")),
        ("Ruchers de Huelgoat", "Cirerie Le Bihan"),
        4,
    ),
    "knives": Trade(
        "Coutellerie",
        "COU",
        _goods(
            NORMAL,
            _HANDLE,
            ("Couteau pliant du marin", 89_00, 140, "Lame=acier 12C27"),
            ("Couteau d'office", 46_00, 120, "Lame=inox"),
            ("Couteau de chef 20 cm", 129_00, 310, "Lame=carbone"),
            ("Couteau à huîtres", 32_00, 160, "Lame=inox"),
            ("Couteau à pain", 74_00, 260, "Lame=inox"),
            ("Canif de poche", 54_00, 90, "Lame=acier 12C27"),
            ("Coffret six couteaux de table", 240_00, 980, "Lame=inox"),
            ("Fusil à affûter", 39_00, 280, ""),
        ),
        ("Forges de Brocéliande", "Bois & Cornes"),
        15,
    ),
    "toys": Trade(
        "Jouets en bois",
        "JOU",
        _goods(
            NORMAL,
            _AGE,
            ("Bateau à tirer", 28_00, 460, "Bois=hêtre"),
            ("Puzzle des animaux de la mer", 22_00, 520, "Bois=peuplier"),
            ("Toupie à main", 7_50, 60, "Bois=érable"),
            ("Jeu de palets bretons", 64_00, 4_200, "Bois=chêne"),
            ("Train de trois wagons", 39_00, 780, "Bois=hêtre"),
            ("Cubes alphabet", 26_00, 950, "Bois=hêtre"),
            ("Mobile goélands", 34_00, 240, "Bois=peuplier"),
            ("Dînette crêperie", 45_00, 880, "Bois=hêtre"),
            ("Jeu de la pêche aimantée", 24_50, 610, "Bois=peuplier"),
            ("Château des korrigans", 118_00, 3_600, "Bois=chêne"),
        ),
        ("Scierie du Cranou", "Peintures sans souci"),
        11,
    ),
    "cellar": Trade(
        "Cave : cidres, bières, vins",
        "CAV",
        _goods(
            NORMAL,
            _BOTTLE,
            ("Cidre brut fermier", 4_60, 1_350, "Alcool=5 % vol."),
            ("Cidre doux de Fouesnant", 4_90, 1_350, "Alcool=3 % vol."),
            ("Poiré pétillant", 5_80, 1_350, "Alcool=4 % vol."),
            ("Bière blonde de l'Aulne", 5_20, 1_300, "Alcool=6 % vol."),
            ("Bière ambrée au blé noir", 5_60, 1_300, "Alcool=7 % vol."),
            ("Muscadet sur lie", 8_40, 1_300, "Alcool=12 % vol."),
            ("Anjou rouge Les Galets", 9_80, 1_300, "Alcool=13 % vol."),
            ("Pommeau de Bretagne AOC", 17_90, 1_350, "Alcool=17 % vol."),
            ("Lambig hors d'âge", 48_00, 1_350, "Alcool=42 % vol."),
        )
        + _goods(REDUCED, _BOTTLE, ("Jus de pomme trouble", 3_60, 1_300, "Alcool=sans")),
        ("Cidrerie du Bois-Coz", "Brasserie de l'Aulne", "Domaine des Galets"),
        4,
    ),
    "clothes": Trade(
        "Textile et mode marine",
        "TEX",
        _goods(
            NORMAL,
            _SIZE,
            ("Marinière coton épais", 69_00, 320, "Couleur=écru et marine"),
            ("Pull marin boutonné", 139_00, 780, "Couleur=bleu marine"),
            ("Vareuse toile", 89_00, 620, "Couleur=rouille"),
            ("Ciré jaune doublé", 159_00, 1_150, "Couleur=jaune"),
            ("Kabig laine", 289_00, 1_900, "Couleur=bleu nuit"),
            ("Tee-shirt lin", 45_00, 180, "Couleur=sable"),
            ("Bonnet docker", 35_00, 90, "Couleur=bleu marine"),
        ),
        ("Filature du Guic", "Toiles de Locronan"),
        10,
    ),
    "linen": Trade(
        "Linge et maison",
        "LIN",
        _goods(
            NORMAL,
            _HOME_TEXTILE,
            ("Torchon métis", 14_00, 130, "Matière=lin et coton"),
            ("Nappe lin lavé", 89_00, 820, "Dimensions=170 × 250 cm"),
            ("Plaid laine", 96_00, 1_050, "Dimensions=130 × 180 cm"),
            ("Serviettes de table, lot de 4", 44_00, 260, "Matière=lin"),
            ("Tablier de cuisine", 36_00, 310, "Matière=lin"),
            ("Housse de coussin", 29_00, 190, "Dimensions=45 × 45 cm"),
            ("Sac à pain", 16_50, 90, "Matière=lin"),
            ("Rideau de douche enduit", 58_00, 740, "Dimensions=180 × 200 cm"),
        ),
        ("Toiles de Locronan", "Tissages du Léon"),
        10,
    ),
    "grocer": Trade(
        "Épicerie fine et traiteur",
        "EPI",
        _goods(
            REDUCED,
            _JAR,
            ("Confiture de fraises de Plougastel", 5_90, 420, ""),
            ("Caramel au beurre salé à tartiner", 6_80, 420, "Sel=de Guérande"),
            ("Tartare d'algues", 6_20, 360, ""),
            ("Moutarde au cidre", 4_70, 400, ""),
            ("Confit d'oignons de Roscoff", 5_40, 400, "Label=AOP"),
        )
        + _goods(
            INTERMEDIATE,
            _SERVED,
            ("Kig ha farz à réchauffer", 16_90, 850, "Conservation=6 jours"),
            ("Cotriade du port", 19_80, 900, "Conservation=4 jours"),
            ("Parmentier d'andouille", 14_50, 750, "Conservation=6 jours"),
        )
        + _goods(
            NORMAL,
            _BOX,
            ("Caramels mous au sel", 8_90, 240, ""),
            ("Niniches assorties", 6_40, 210, ""),
            ("Ganaches au lambig", 16_80, 230, "Alcool=contient"),
        ),
        ("Conserverie Kerbriac", "Maraîchers du Léon", "Confiserie des Îles"),
        4,
    ),
    "plants": Trade(
        "Plantes et jardin",
        "PLA",
        _goods(
            INTERMEDIATE,
            _POT,
            ("Hortensia à tête ronde", 14_90, 2_200, "Exposition=mi-ombre"),
            ("Camélia d'automne", 22_00, 2_600, "Exposition=mi-ombre"),
            ("Agapanthe bleue", 11_50, 1_700, "Exposition=soleil"),
            ("Armérie maritime", 6_90, 1_100, "Exposition=soleil"),
            ("Échium des Canaries", 12_90, 1_600, "Exposition=soleil"),
            ("Fougère royale", 13_50, 1_800, "Exposition=ombre"),
            ("Pommier Reinette d'Armorique", 29_00, 3_400, "Exposition=soleil"),
            ("Romarin rampant", 7_50, 1_200, "Exposition=soleil"),
            ("Érable du Japon", 39_00, 3_100, "Exposition=mi-ombre"),
        ),
        ("Pépinières de l'Odet", "Serres du Trieux"),
        6,
    ),
    "paper": Trade(
        "Papeterie",
        "PAP",
        _goods(
            NORMAL,
            _PAPER,
            ("Carnet cousu main", 16_00, 210, "Pages=160"),
            ("Cahier de bord ligné", 12_00, 260, "Pages=96"),
            ("Affiche carte marine", 24_00, 180, "Papier=300 g"),
            ("Affiche phares de Bretagne", 22_00, 180, "Papier=300 g"),
            ("Bloc aquarelle", 19_50, 480, "Papier=300 g"),
            ("Calendrier perpétuel", 18_00, 320, ""),
            ("Agenda semainier", 21_00, 340, ""),
        )
        + _goods(
            NORMAL,
            _BOX,
            ("Cartes postales linogravées", 21_60, 160, "Papier=recyclé"),
            ("Crayons graphite numérotés", 14_40, 110, "Bois=cèdre"),
        ),
        ("Moulin à papier de Pen-Mur", "Encres Iroise"),
        5,
    ),
    "biscuits": Trade(
        "Biscuiterie",
        "BIS",
        _goods(
            REDUCED,
            _BOX,
            ("Palets pur beurre", 5_90, 260, "Beurre=de baratte"),
            ("Galettes fines de Pleyben", 5_40, 230, "Beurre=de baratte"),
            ("Crêpes dentelle", 6_60, 140, ""),
            ("Madeleines au blé noir", 6_20, 310, "Gluten=contient"),
            ("Sablés au caramel", 6_90, 280, ""),
        )
        + _goods(
            REDUCED,
            _CAKE,
            ("Gâteau breton à la framboise", 9_80, 520, ""),
            ("Kouign-amann à réchauffer", 12_50, 600, "Beurre=demi-sel"),
            ("Quatre-quarts pur beurre", 7_40, 540, ""),
        )
        + _goods(NORMAL, _BOX, ("Palets enrobés de chocolat au lait", 7_90, 300, "")),
        ("Minoterie de l'Elorn", "Laiterie des Abers"),
        4,
    ),
    "tins": Trade(
        "Conserves de la mer",
        "CON",
        _goods(
            REDUCED,
            _TIN,
            ("Sardines à l'huile d'olive", 4_90, 160, "Pêche=bolinche"),
            ("Sardines millésimées", 6_40, 160, "Pêche=bolinche"),
            ("Sardines au piment d'Espelette", 5_30, 160, "Pêche=bolinche"),
            ("Filets de maquereaux au muscadet", 5_10, 160, "Pêche=ligne"),
            ("Thon blanc germon", 7_80, 160, "Pêche=canne"),
            ("Rillettes de saint-jacques", 6_20, 130, ""),
            ("Rillettes de maquereau", 4_80, 130, ""),
            ("Soupe de poissons", 7_20, 820, ""),
            ("Foie de morue fumé", 6_90, 150, ""),
            ("Langoustines en bisque", 8_40, 420, ""),
        ),
        ("Conserverie Kerbriac", "Criée de Douarnenez"),
        4,
    ),
    "coffee": Trade(
        "Cafés torréfiés",
        "CAF",
        _goods(
            REDUCED,
            _COFFEE,
            ("Café Éthiopie Sidamo", 9_80, 265, "Procédé=lavé"),
            ("Café Guatemala Huehuetenango", 9_20, 265, "Procédé=lavé"),
            ("Café Brésil Sul de Minas", 7_90, 265, "Procédé=nature"),
            ("Mélange du Port", 7_50, 265, "Torréfaction=soutenue"),
            ("Café décaféiné à l'eau", 9_60, 265, "Procédé=lavé"),
        )
        + _goods(
            REDUCED, _GRIND, ("Café du mois, abonnement", 8_90, 265, ""), ("Coffret trois origines", 24_90, 800, "")
        ),
        ("Négoce de la Rade", "Coopérative Oromia"),
        4,
    ),
    "jewels": Trade(
        "Bijoux",
        "BIJ",
        _goods(
            NORMAL,
            _METAL,
            ("Bague triskell", 58_00, 12, "Taille=ajustable"),
            ("Boucles d'oreilles goutte de mer", 49_00, 10, ""),
            ("Collier galet poli", 72_00, 25, "Chaîne=45 cm"),
            ("Bracelet cordage", 64_00, 20, "Taille=ajustable"),
            ("Broche hermine", 44_00, 15, ""),
            ("Pendentif ancre", 39_00, 14, "Chaîne=50 cm"),
            ("Créoles martelées", 52_00, 12, ""),
        ),
        ("Affinerie Ligérienne", "Pierres du Yeun"),
        12,
    ),
    "leather": Trade(
        "Maroquinerie",
        "MAR",
        _goods(
            NORMAL,
            _LEATHER,
            ("Ceinture pleine fleur", 69_00, 240, "Longueur=sur mesure"),
            ("Porte-monnaie plié", 42_00, 90, ""),
            ("Sac besace", 245_00, 1_200, ""),
            ("Étui à lunettes", 38_00, 80, ""),
            ("Porte-clés nœud de taquet", 18_00, 40, ""),
            ("Trousse à outils de jardin", 86_00, 520, ""),
            ("Couverture de carnet A5", 54_00, 180, ""),
            ("Laisse tressée", 48_00, 210, "Longueur=1,2 m"),
        ),
        ("Tannerie du Couesnon", "Bouclerie Bernard"),
        13,
    ),
    "sea": Trade(
        "Sels, algues et condiments",
        "SEL",
        _goods(
            REDUCED,
            _JAR,
            ("Fleur de sel nature", 5_20, 300, "Récolte=main"),
            ("Fleur de sel aux algues", 6_10, 300, "Récolte=main"),
            ("Gros sel gris", 2_90, 320, "Récolte=main"),
            ("Dulse en paillettes", 7_40, 120, "Label=bio"),
            ("Haricots de mer au naturel", 6_60, 420, "Label=bio"),
            ("Kombu breton séché", 6_90, 90, "Label=bio"),
            ("Vinaigre de cidre aux salicornes", 5_80, 420, ""),
            ("Épices du retour des Indes", 8_70, 110, ""),
        ),
        ("Paludiers de la Presqu'île", "Goémoniers de Lanildut"),
        4,
    ),
}

SHOPS = (
    Shop("THE", "La Maison du thé", "La Maison du thé SARL", "tea", "Rennes", 100),
    Shop("FEUILLE", "Feuille & Bouilloire", "Nolwenn Jaouen EI", "tea", "Quimper", 45),
    Shop("ALPAGES", "Fromagerie des Abers", "Fromagerie des Abers SAS", "cheese", "Landerneau", 60),
    Shop("TOME", "La Tome d'Armor", "GAEC La Tome d'Armor", "cheese", "Loudéac", 30),
    Shop("GRES", "Grès & Marées", "Grès et Marées SARL", "ceramics", "Quimper", 40),
    Shop("TERRE", "Terre de Locronan", "Hervé Bothorel EI", "ceramics", "Locronan", 18),
    Shop("LIBRAIRE", "Librairie L'Encre marine", "L'Encre marine SARL", "books", "Vannes", 80),
    Shop("PAGES", "Les Pages du large", "Les Pages du large SCOP", "books", "Saint-Malo", 50),
    Shop("SAVON", "Savonnerie du Trieux", "Savonnerie du Trieux SAS", "soap", "Paimpol", 75),
    Shop("ECUME", "Écume & Romarin", "Maïwenn Riou EI", "soap", "Lannion", 28),
    Shop("RUCHE", "Les Ruchers d'Huelgoat", "EARL Les Ruchers d'Huelgoat", "honey", "Carhaix-Plouguer", 55),
    Shop("ABEILLE", "L'Abeille noire", "Ronan Péron EI", "honey", "Pontivy", 24),
    Shop("LAME", "Coutellerie de l'Iroise", "Coutellerie de l'Iroise SARL", "knives", "Brest", 22),
    Shop("TOUPIE", "La Toupie qui danse", "La Toupie qui danse SARL", "toys", "Auray", 42),
    Shop("KORRIGAN", "Korrigan & Cie", "Korrigan et Compagnie SAS", "toys", "Josselin", 20),
    Shop("CAVE", "La Cave du Blavet", "La Cave du Blavet SARL", "cellar", "Hennebont", 48),
    Shop("CIDRE", "Cidres Bois-Coz", "EARL Bois-Coz", "cellar", "Concarneau", 36),
    Shop("MARIN", "Comptoir du marin", "Comptoir du marin SAS", "clothes", "Saint-Malo", 58),
    Shop("VAREUSE", "La Vareuse", "La Vareuse SARL", "clothes", "Douarnenez", 25),
    Shop("LINGE", "Lin & Lande", "Lin et Lande SARL", "linen", "Quimperlé", 26),
    Shop("EPICERIE", "Épicerie Kerdreux", "Épicerie Kerdreux SAS", "grocer", "Lorient", 90),
    Shop("HALLES", "Aux Halles de Rennes", "Aux Halles de Rennes SARL", "grocer", "Rennes", 52),
    Shop("JARDIN", "Les Jardins de Kerlann", "EARL Les Jardins de Kerlann", "plants", "Perros-Guirec", 34),
    Shop("SERRE", "La Serre aux hortensias", "Bleuenn Calvez EI", "plants", "Plougastel-Daoulas", 16),
    Shop("PAPIER", "Papeterie Pen-Mur", "Papeterie Pen-Mur SARL", "paper", "Rochefort-en-Terre", 38),
    Shop("PALET", "Biscuiterie de l'Aulne", "Biscuiterie de l'Aulne SAS", "biscuits", "Pont-l'Abbé", 72),
    Shop("BLENOIR", "Au Blé noir", "Corentin Madec EI", "biscuits", "Fougères", 27),
    Shop("SARDINE", "Conserverie La Belle Douarneniste", "La Belle Douarneniste SA", "tins", "Douarnenez", 66),
    Shop("CAFE", "Torréfaction de la Rade", "Torréfaction de la Rade SARL", "coffee", "Brest", 64),
    Shop("TRISKELL", "Atelier Triskell", "Enora Salaün EI", "jewels", "Dinan", 19),
    Shop("CUIR", "Le Cuir du Couesnon", "Le Cuir du Couesnon SARL", "leather", "Combourg", 17),
    Shop("FLEURDESEL", "Sel, algues & compagnie", "Sel, algues et compagnie SAS", "sea", "Roscoff", 46),
)
