"""The order grid's parts: its state in the URL, the filter bar, the views, the table, the selection."""
