"""« Remboursement de produits »: what is given back, said to the cent before it is done; from an order or a return."""
