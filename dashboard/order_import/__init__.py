"""Importer des commandes: a file, what would become of its orders, and what became of them."""
