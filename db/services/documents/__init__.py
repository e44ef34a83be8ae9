"""Numbered documents: copied, numbered, issued, owed."""
