"""Demo data that looks like a real French marketplace. All of it is fictitious, and valid where law checks it."""

from db.demo.generation import DEFAULT_ORDERS, DEFAULT_SEED, DemoReport, generate

__all__ = ["DEFAULT_ORDERS", "DEFAULT_SEED", "DemoReport", "generate"]
