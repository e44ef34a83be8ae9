"""What happens by itself, one module a rule: who may be concerned, who is, and what is done. ``rules`` runs them."""
