"""Réglages › Transporteurs: the table of carriers and the panel of one of them, or of a new one."""
