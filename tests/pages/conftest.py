"""Pages are run through the shell: the same database and people as tests/dashboard."""

from tests.dashboard.conftest import lose_database, signed_up, use_database  # noqa: F401  fixtures of this folder too
from tests.hashing import quick_hashing  # noqa: F401  autouse: every test of this folder
