"""Réglages › Vendeurs: the list, how a seller is reached, a new seller."""
