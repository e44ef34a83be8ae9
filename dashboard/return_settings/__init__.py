"""Réglages › Règles des retours."""
