"""Olist: a real Brazilian marketplace's orders, 2016-2018, as seven CSV files (docs/imports.md)."""

from db.imports.olist.run import import_olist

__all__ = ["import_olist"]
