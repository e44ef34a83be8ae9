"""Papers printed in number: slips drawn from orders, documents drawn again from what they state, one PDF or a ZIP."""
