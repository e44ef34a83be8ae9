"""Vendre › Clients: the list of accounts."""
