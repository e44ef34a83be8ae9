"""Finances › Comptabilité as files: journals, VAT, e-reporting, FEC."""
