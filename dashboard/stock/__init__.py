"""Vendre › Stock: its state in the URL, its filters, the list, one product beside it, and the dialog that corrects."""
