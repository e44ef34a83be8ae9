"""Mon compte: one's own password, and the browsers one is signed in with."""
