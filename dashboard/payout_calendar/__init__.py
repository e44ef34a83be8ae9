"""Finances › Échéancier: what is due to sellers when."""
