"""Finances › Remboursements: what is to be given back, by which means, and what became of it."""
