"""Labels of parcels as PDFs: sheets, the address label of our own, and the seam for carriers' labels."""
