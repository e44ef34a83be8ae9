"""Lists as files, a million rows with flat memory: CSV, workbook, Parquet."""
