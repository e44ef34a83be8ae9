"""Deliver the outbox: ``deliver.py`` claims, hands over and records; the senders are the ways out of the house."""
