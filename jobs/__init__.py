"""What no one waits for: the worker and its one table of jobs (``table.py``)."""
