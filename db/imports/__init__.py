"""Real data of other systems, read from their files into our tables. What becomes what, and why: docs/imports.md.

An import reads and checks its files, then writes everything in one transaction: a killed import leaves nothing,
and running it again gives the same result. Rows are known by ``external_ref``, so importing twice changes nothing.
"""
