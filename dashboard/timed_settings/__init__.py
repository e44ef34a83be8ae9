"""Réglages › Automatismes: each rule with its switch, its delays, whom it concerns now, and when it last ran."""
