"""All tables on one connection, as one unit."""

import sqlite3

from judder.server.storage.access import KeyRow, SessionRow, TokenRow
from judder.server.storage.sqlite.access import SqliteAudit, SqliteNumbered
from judder.server.storage.sqlite.alerts import SqliteAlerts, SqliteIncidents
from judder.server.storage.sqlite.boards import SqliteDevices, SqliteLearnings, SqliteRecordings
from judder.server.storage.sqlite.keeping import SqliteSums, SqliteUpkeep
from judder.server.storage.sqlite.outbox import SqliteOutbox, SqliteTroubles
from judder.server.storage.sqlite.windows import SqliteWindows
from judder.server.storage.store import Unit


def make_unit(connection: sqlite3.Connection) -> Unit:
    """Return the verbs on connection; whoever uses them says where a transaction begins and ends."""
    return Unit(
        SqliteWindows(connection),
        SqliteAlerts(connection),
        SqliteIncidents(connection),
        SqliteOutbox(connection),
        SqliteDevices(connection),
        SqliteRecordings(connection),
        SqliteLearnings(connection),
        SqliteSums(connection),
        SqliteUpkeep(connection),
        SqliteTroubles(connection),
        SqliteNumbered(connection, KeyRow),
        SqliteNumbered(connection, TokenRow),
        SqliteNumbered(connection, SessionRow),
        SqliteAudit(connection),
    )
