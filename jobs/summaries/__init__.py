"""The summary of the sales that the house is sent: whom it is due to, and its picture."""
