"""The home page's parts: its state in the URL, the calendar's head, the orders of a day, what is to be done."""
