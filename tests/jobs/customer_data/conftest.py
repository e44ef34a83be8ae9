"""The same run, on the same place of files, as documents are made with."""

from tests.jobs.documents.conftest import files, run

__all__ = ["files", "run"]
