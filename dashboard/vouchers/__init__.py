"""« Bons d’achat »: the list, a voucher beside it, and what can be done with it."""
