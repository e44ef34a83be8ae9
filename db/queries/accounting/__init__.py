"""What finance and its accountant read: journals, VAT, e-reporting, and the marketplace's own books."""
