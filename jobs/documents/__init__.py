"""Numbered documents: issued when due, laid out, validated, stored, checked; and the papers printed from orders."""
