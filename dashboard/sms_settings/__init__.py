"""Réglages › SMS: the texts with their length, who gets them and when, the numbers that want none."""
