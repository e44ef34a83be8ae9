"""Printing in number: what is to be printed of ticked orders, of a list or of days; then its file is awaited."""
