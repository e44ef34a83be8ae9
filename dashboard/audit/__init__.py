"""Réglages › Journal d'audit: who did what, with what changed, and how its chain stands."""
