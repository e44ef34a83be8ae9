"""Réglages › Documents: the sentences of invoices and credit notes, the logo, and what that will look like."""
