"""Factur-X: an invoice that machines read, of profile EN 16931, and whether it keeps that standard's rules."""
