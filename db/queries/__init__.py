"""Reads: one question per function, answered in frozen rows."""
