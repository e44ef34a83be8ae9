"""Finances › Comptabilité: journals, VAT, e-reporting, and the house's own books."""
