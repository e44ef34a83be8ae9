"""Exports programmés: scheduling a list, and the list of what is scheduled."""
