"""A seller's account with the marketplace, part by part: what is owed, why, and when it is paid."""
