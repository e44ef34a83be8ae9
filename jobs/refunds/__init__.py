"""Refunds that leave the house: handed to a payment provider, or listed for whoever does them by hand."""
