"""All that is known of one customer, as a ZIP."""
