"""Finances › Virements: files for the bank, what it answered, and what became of each transfer."""
