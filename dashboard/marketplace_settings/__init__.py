"""Réglages › Marketplace: who the marketplace is, and how its e-mails look and leave."""
