"""Réglages › Statuts: the table of statuses and the panel of one of them."""
