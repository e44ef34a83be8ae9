"""The charts of the house: one look, French axes, and beside each the table and the file of what it shows."""
