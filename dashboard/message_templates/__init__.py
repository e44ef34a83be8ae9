"""« Modèles de messages »: the list of prepared messages, and the one that is edited."""
