"""Finances › DAC7: what is to be declared of sellers for a year, what is not known of whom, and the file."""
