"""Finances › Factures: its state in the URL, its filters, totals, list, one document beside it, and what is missing."""
