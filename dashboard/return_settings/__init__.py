"""Réglages › Retours."""
