"""What the worker does for sellers to be paid: payouts prepared, transfers written, statements made."""
