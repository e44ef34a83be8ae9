"""The dialogs of the order page: each asks one question, says what its answer does, and does it."""
