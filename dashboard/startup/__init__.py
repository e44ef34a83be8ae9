"""What ``python -m dashboard`` does before and around the server; ``launch.py`` reads as its table of contents."""
