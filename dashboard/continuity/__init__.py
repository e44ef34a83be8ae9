"""Finances › Continuité: what the last check found, what is wrong first, and the ways to check and to print."""
