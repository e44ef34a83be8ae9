"""Piloter › Ventes."""
