"""Finances › Reversements: what sellers are paid, list by list, and what people do with it."""
