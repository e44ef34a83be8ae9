"""What is done with payouts: gathered and prepared, held and released, approved, exported, answered by the bank."""
