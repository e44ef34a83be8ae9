"""Statements of sellers' accounts, of one payout or one month: as a PDF, CSV or workbook."""
