"""« Exporter »: what a list shows, all of its rows and the columns one chooses, as a file."""
