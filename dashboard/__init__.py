"""The shell around every page: entry, navigation, sign-in, widgets, formats."""
