"""`make bench`: what the performance budget of docs/architecture.md measures, at three sizes and on both databases."""
