"""The files that carriers' own tools take in: Coliship, ChronoShip, and one for all the others."""
