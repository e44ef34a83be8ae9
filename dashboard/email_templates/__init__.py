"""Réglages › Modèles d’e-mails: the list, the editor, the variables, the preview, the versions."""
