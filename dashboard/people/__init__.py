"""Équipe: the list of people, the panel of one of them, and the invitation."""
