"""Bulk actions: the buttons under a selection, the dialog with its dry run, the progress, the result and its undo."""
