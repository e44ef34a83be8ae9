"""Lists of documents for the accountant: one line a document and VAT rate, as CSV or XLSX."""
