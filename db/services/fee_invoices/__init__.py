"""What the marketplace invoices to its sellers: what is due, its number and issue, and that none is missing."""
