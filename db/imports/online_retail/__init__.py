"""Online Retail: a real British wholesaler's invoice lines, 2010-2011, as one Parquet file (docs/imports.md)."""

from db.imports.online_retail.run import import_online_retail

__all__ = ["import_online_retail"]
