"""When the database does not answer: nobody's order is to blame, and a piece of work is done again as a whole."""

import sqlalchemy as sa

#: What any use of the database may raise then. The shell shows one sentence for all of them.
DATABASE_LOST = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
