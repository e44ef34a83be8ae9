"""Échéancier: what is due to sellers when, and to whom."""
