"""Vendre › Retours: the list with its lists and deadlines, and the page of one return."""
