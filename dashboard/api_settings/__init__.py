"""Réglages › API: the tokens of the shops that send orders, and how to begin."""
