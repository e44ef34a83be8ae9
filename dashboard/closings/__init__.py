"""Finances › Clôtures: the closed months, the next one to close, and their verification."""
