"""Make the files that people asked for; invoices and credit notes, by the same way, are ``jobs/documents/make.py``'s.

A *maker* writes one kind of file into an open binary file, piece by piece where it is large, and tells its progress.
It reads the database by itself, in short looks; no transaction is open while it works.
"""

import logging
import time
from collections.abc import Collection, Mapping
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from db.domain.errors import MarketplaceError
from db.domain.files import FileKind
from db.domain.jobs import JobName
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.files import (
    Claim,
    Finished,
    claim_file,
    fail_file,
    finish_file,
    forget_files,
    give_back_file,
    is_any_file_wanted,
    note_progress,
    old_files,
)
from db.storage import Storage, storage
from jobs.accounting.make import make_accounting
from jobs.carrier_files.make import make_carrier_csv
from jobs.customer_data.make import make_customer_data
from jobs.documents.continuity import make_continuity
from jobs.documents.papers.make import make_papers
from jobs.documents.papers.one_return import make_return_slip
from jobs.documents.voucher import make_voucher
from jobs.exports.make import make_export
from jobs.labels.make import make_labels
from jobs.makers import Maker
from jobs.payouts.dac7 import make_dac7
from jobs.payouts.statements.make import make_statement
from jobs.payouts.transfers import make_transfers
from jobs.refunds.listing import make_refund_list
from jobs.run import Run
from jobs.summaries.chart import make_summary_chart

_log = logging.getLogger(__name__)

#: How often progress is written: often enough for whoever watches, seldom enough for everybody else who writes.
_SECONDS_BETWEEN_NOTES = 1.0
_PURGED_AT_ONCE = 100

MAKERS: Mapping[FileKind, Maker] = {
    FileKind.LABELS: make_labels,
    FileKind.CARRIER_CSV: make_carrier_csv,
    FileKind.PAPERS: make_papers,
    FileKind.CONTINUITY: make_continuity,
    FileKind.REFUND_LIST: make_refund_list,
    FileKind.RETURN_SLIP: make_return_slip,
    FileKind.VOUCHER: make_voucher,
    FileKind.CUSTOMER_DATA: make_customer_data,
    FileKind.TRANSFERS: make_transfers,
    FileKind.EXPORT: make_export,
    FileKind.DAC7: make_dac7,
    FileKind.PAYOUT_STATEMENT: make_statement,
    FileKind.SUMMARY_CHART: make_summary_chart,
    FileKind.ACCOUNTING: make_accounting,
}


class _LeftToOthersError(Exception):
    """The worker is to stop, or was so slow that another one has taken the file over."""


def make_files(run: Run, *, makers: Mapping[FileKind, Maker] = MAKERS, place: Storage | None = None) -> int:
    """Make what is wanted until nothing is; return how many files were made or given up."""
    made = 0
    while not run.stopping and (claim := _claim(run, makers)):
        made += _Making(run, claim, place or storage()).make(makers[claim.kind])
    return made


def make_small_files(run: Run) -> int:
    """Make what is ready at once: labels and carriers' files."""
    return make_files(run, makers=_makers_of(JobName.MAKE_FILES))


def make_large_files(run: Run) -> int:
    """Make what may take minutes, beside the small ones."""
    return make_files(run, makers=_makers_of(JobName.MAKE_LARGE_FILES))


def _makers_of(job: JobName) -> Mapping[FileKind, Maker]:
    return {kind: maker for kind, maker in MAKERS.items() if kind.job is job}


def purge_files(run: Run) -> int:
    """Delete the files that are kept no longer: their content first, so that none is left that nobody knows of."""
    purged = 0
    while not run.stopping:
        with reading(run.engine) as session:
            old = old_files(session, utc_now(), _PURGED_AT_ONCE)
        if not old:
            break
        for ref in (ref for file in old for ref in file.refs):
            storage().delete(ref)
        with transaction(run.engine) as session:
            forget_files(session, [file.id for file in old])
        purged += len(old)
    return purged


def _claim(run: Run, kinds: Collection[FileKind]) -> Claim | None:
    with reading(run.engine) as session:
        if not is_any_file_wanted(session, utc_now(), kinds):
            return None
    with transaction(run.engine) as session:
        return claim_file(session, run.worker, utc_now(), kinds)


class _Making:
    """One try at one file."""

    def __init__(self, run: Run, claim: Claim, place: Storage) -> None:
        self._run = run
        self._claim = claim
        self._place = place
        self._noted = time.monotonic()

    def make(self, maker: Maker) -> bool:
        """Make the file, or write down why not; return whether it is settled."""
        try:
            finished = self._store(maker)
        except _LeftToOthersError:
            self._give_back(failed=False)
            return False
        except MarketplaceError as refusal:
            with transaction(self._run.engine) as session:
                fail_file(session, self._claim, str(refusal))
            return True
        except DATABASE_LOST:
            raise  # The claim lapses, and the file is made again.
        except Exception:  # noqa: BLE001  whatever one file raises, the others are made
            _log.exception("fichier %d : essai %d échoué", self._claim.file_id, self._claim.attempt)
            self._give_back(failed=True)
            return False
        with transaction(self._run.engine) as session:
            is_kept = finish_file(session, self._claim, finished, utc_now())
        for ref in self._claim.earlier_refs if is_kept else (self._claim.ref,):
            self._place.delete(ref)
        return is_kept

    def _store(self, maker: Maker) -> Finished:
        # On disk first: large files keep the memory flat, and nothing half made is ever stored.
        with TemporaryFile() as raw:
            whole = cast("BinaryIO", raw)
            made = maker(self._run.engine, self._claim.arguments, whole, self._progress)
            whole.seek(0)
            stored = self._place.put(self._claim.ref, whole)
        return Finished(made.name, made.media_type, made.rows, stored.sha256, stored.size, made.faults, made.warnings)

    def _progress(self, done: int) -> None:
        if self._run.stopping:
            raise _LeftToOthersError
        if time.monotonic() - self._noted < _SECONDS_BETWEEN_NOTES:
            return
        self._noted = time.monotonic()
        with transaction(self._run.engine) as session:
            if not note_progress(session, self._claim, done, utc_now()):
                raise _LeftToOthersError

    def _give_back(self, *, failed: bool) -> None:
        with transaction(self._run.engine) as session:
            give_back_file(session, self._claim, utc_now(), failed=failed)
