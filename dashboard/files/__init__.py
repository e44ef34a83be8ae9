"""Files people ask for: the dialog that asks, the bar that shows how far one is, the list of the last ones."""
