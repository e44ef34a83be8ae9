"""The screen « Commande », one module a part; ``pages/order.py`` puts the parts in their places."""
