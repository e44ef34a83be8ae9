"""Finances › Commissions: what the marketplace invoiced to its sellers."""
