"""Finances › Contrôle: the three equalities, and the orders that break them."""
