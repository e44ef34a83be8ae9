"""French and Breton names of people and businesses."""


def _names(text: str) -> tuple[str, ...]:
    """Read names apart; an underscore is a space inside one."""
    return tuple(name.replace("_", " ") for name in text.split())


FIRST_NAMES = _names(
    """Marie Jeanne Camille Léa Manon Chloé Emma Jade Louise Alice Lina Rose Anna Inès Zoé Juliette Éléonore Évelyne
    Françoise Monique Catherine Nathalie Isabelle Sylvie Valérie Sandrine Céline Aurélie Émilie Élodie Mathilde
    Pauline Clémence Margaux Noémie Gaëlle Maëlle Nolwenn Rozenn Soazig Enora Lénaïg Maïwenn Solenn Bleuenn Aziliz
    Anaïs Agathe Hélène Agnès Béatrice Brigitte Corinne Fatima Samira Yasmine Aïcha Mei Ana Sofia Chiara Ingrid
    Jean Pierre Michel Philippe Alain Bernard Patrick Christophe Nicolas Stéphane Laurent Frédéric Julien Thomas
    Lucas Louis Gabriel Raphaël Arthur Hugo Jules Adam Léo Nathan Paul Victor Antoine Maxime Alexandre Clément
    Baptiste Guillaume Vincent François Jérôme Sébastien Cédric Loïc Yann Yannick Erwan Gwenaël Ronan Tanguy Maël
    Corentin Malo Ewen Goulven Hervé Alban Benoît Étienne Gaétan Zacharie Noël Théo Mohamed Karim Mehdi Moussa
    Diego João Luca Jean-Baptiste Anne-Sophie Marie-Claire Jean-François Marie-Hélène"""
)

LAST_NAMES = _names(
    """Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy
    Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Faure André
    Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas
    Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun
    Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy
    Leroux Colin Vidal Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre
    Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier
    Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam Paris Poirier
    Marty Aubry Guyot Carré Charles Renault Charpentier Ménard Maillard Baron Bertin Bailly Hervé Schneider Fernandez
    Collet Léger Bouvier Julien Prévost Millet Perrot Daniel Le_Gall Le_Goff Le_Roux Le_Bihan Le_Bris Le_Corre
    Le_Guen Le_Berre Le_Floch Le_Bras Kervella Kerbrat Kermarrec Quéméneur Quéré Riou Tanguy Prigent Guillou Cadiou
    Caradec Corre Cozic Floch Gourvennec Guéguen Hascoët Jaouen Jézéquel L'Hostis Lagadec Madec Nédélec Péron Pennec
    Rannou Salaün Stéphan Tréguer Troadec Autret Bescond Bothorel Briand Calvez Cariou Colin-Morvan Dréau Féat Gloaguen
    Hénaff Kerhervé Le_Dantec Le_Moigne Mével Morvan Œuvrard N'Guyen-Le_Floc'h Ollivier Pichon Rivoal Sévellec Tallec
    Urvoy Yvinec Benali Diallo Haddad Nguyen Ben_Saïd Traoré Öztürk Kowalski De_Oliveira O'Connor Van_den_Berg
    d'Argentré de_Kersauson"""
)

COMPANIES = (
    "Crêperie du Vieux Port",
    "Hôtel de la Plage",
    "Cabinet Rivoal & Associés",
    "Office notarial des Halles",
    "Gîtes de Kerlann",
    "Restaurant Le Goémon",
    "Comité d'entreprise Armor Méca",
    "Agence Grand Large",
    "Atelier d'architecture Tallec",
    "Chambres d'hôtes du Manoir",
    "Salon de thé L'Éclaircie",
    "Clinique vétérinaire des Abers",
    "Boulangerie Prigent",
    "Menuiserie Cozic",
    "Pharmacie de l'Horloge",
    "Voyages Iroise",
    "Camping des Dunes",
    "École de voile du Trieux",
    "Imprimerie Morvan",
    "Garage de l'Odet",
)

#: Town halls buy by purchase order and pay by transfer weeks later.
TOWN_HALLS = (("Mairie de Tréguier", "22220", "Tréguier"), ("Mairie de Locronan", "29180", "Locronan"))

#: The staff whose names the history shows; they have no account.
STAFF = ("Camille Le Goff", "Nolwenn Tanguy", "Hugo Marchand", "Samira Benali")

#: What real order files hold sooner or later.
LONG_NAMES = (
    "Marie-Charlotte-Éléonore de La Rochefoucauld-Montmorency d'Argentré de Kersauson-Pennendreff",
    "Association intercommunale des parents d'élèves et amis des écoles publiques du Haut-Léon communauté",
)
