"""The tables of the server's SQLite file, and how those of an older Judder are brought up to date."""

from judder.server.storage.rows import Forgotten, Gap, Lived, StoredWindow, Sum, Trouble
from judder.server.storage.sqlite.access import ACCESS
from judder.server.storage.sqlite.columns import Columns

SCHEMA_VERSION = 8
MESSAGES = """
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, channel TEXT NOT NULL, message TEXT NOT NULL,
    created_us INTEGER NOT NULL, due_us INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, error TEXT,
    delivered_us INTEGER, given_up_us INTEGER, UNIQUE (key, channel)
) STRICT;
CREATE INDEX undelivered ON outbox (channel, id) WHERE delivered_us IS NULL AND given_up_us IS NULL;
"""
LEARNINGS = """
CREATE TABLE learnings (
    recording INTEGER PRIMARY KEY REFERENCES recordings (id), device TEXT NOT NULL, state TEXT NOT NULL,
    model_id TEXT, error TEXT, warnings TEXT NOT NULL
) STRICT;
"""
INCIDENT_INDEXES = """
CREATE INDEX alerts_by_incident ON alerts (incident);
CREATE INDEX open_incidents ON incidents (device) WHERE recovered_us IS NULL;
"""
SCORES_INDEX = """
CREATE INDEX windows_by_board ON windows
    (device, received_us, combined_score, combined_threshold, alarm_score, alarm_threshold, p_value, level);
"""
"""All that a plot of scores asks for: a week of windows is not read for it."""
KEPT_INDEXES = """
CREATE INDEX windows_by_recording ON windows (recording) WHERE recording IS NOT NULL;
CREATE INDEX windows_by_age ON windows (received_us) WHERE recording IS NULL AND tier = 0;
CREATE INDEX minutes_by_age ON windows (received_us) WHERE recording IS NULL AND tier = 1;
CREATE INDEX alerts_by_window ON alerts (device, boot_id, seq);
"""
"""What is dropped is found by these, and so is what stays."""
KEEPING = f"""
CREATE TABLE sums ({Columns(Sum).definitions}, UNIQUE (device, step_us, begin_us)) STRICT;
CREATE INDEX sums_by_age ON sums (step_us, begin_us);
CREATE TABLE gaps ({Columns(Gap).definitions}) STRICT;
CREATE TABLE lived ({Columns(Lived).definitions}) STRICT;
CREATE TABLE dropped (one INTEGER PRIMARY KEY, windows INTEGER NOT NULL) STRICT;
INSERT INTO dropped VALUES (1, 0);
CREATE TABLE forgotten ({Columns(Forgotten).definitions}, PRIMARY KEY (device)) STRICT;
"""
HEALTH = f"""
ALTER TABLE outbox ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letters_in_order ON outbox (channel, about, id);
CREATE INDEX set_aside ON outbox (id) WHERE given_up_us IS NOT NULL;
CREATE TABLE troubles ({Columns(Trouble).definitions}, PRIMARY KEY (kind, about)) STRICT;
"""
SCHEMA = f"""
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY, condition TEXT NOT NULL, device TEXT, wanted INTEGER, pose TEXT,
    state TEXT NOT NULL, started_us INTEGER NOT NULL, trashed_us INTEGER
) STRICT;
CREATE TABLE windows (
    {Columns(StoredWindow).definitions}, tier INTEGER NOT NULL DEFAULT 0,
    UNIQUE (device, boot_id, seq), FOREIGN KEY (recording) REFERENCES recordings (id)
) STRICT;
{SCORES_INDEX}
CREATE TABLE devices (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, status_us INTEGER NOT NULL, ordered_model TEXT,
    ordered_before TEXT, ordered_after TEXT, label TEXT
) STRICT;
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    judged_by TEXT NOT NULL, model_id TEXT, score REAL, started_us INTEGER NOT NULL, ended_us INTEGER,
    why TEXT, acknowledged_us INTEGER, incident INTEGER, level TEXT NOT NULL, raised_us INTEGER,
    mounting_changed INTEGER NOT NULL, baseline_s REAL
) STRICT;
CREATE TABLE incidents (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, told_us INTEGER, recovered_us INTEGER, told_level TEXT
) STRICT;
{INCIDENT_INDEXES}
{MESSAGES}
{HEALTH}
{LEARNINGS}
{KEPT_INDEXES}
{KEEPING}
{ACCESS}
"""
MIGRATIONS = {
    1: "ALTER TABLE alerts ADD COLUMN why TEXT;",
    2: """
ALTER TABLE alerts ADD COLUMN acknowledged_us INTEGER;
ALTER TABLE windows ADD COLUMN threshold REAL;
ALTER TABLE windows ADD COLUMN combined_score REAL;
ALTER TABLE windows ADD COLUMN combined_threshold REAL;
ALTER TABLE windows ADD COLUMN state TEXT;
ALTER TABLE windows ADD COLUMN why TEXT;
""",
    # Alerts from before are old news: none is told now.
    3: f"""
ALTER TABLE alerts ADD COLUMN fault INTEGER;
UPDATE alerts SET fault = id;
CREATE INDEX alerts_by_fault ON alerts (fault);
CREATE TABLE faults (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, told_us INTEGER, recovered_us INTEGER
) STRICT;
CREATE INDEX open_faults ON faults (device) WHERE recovered_us IS NULL;
{MESSAGES}
""",
    4: f"ALTER TABLE devices ADD COLUMN ordered_model TEXT; {LEARNINGS}",
    5: f"""
ALTER TABLE windows ADD COLUMN p_value_is_bound INTEGER;
ALTER TABLE windows ADD COLUMN alarming INTEGER;
DROP INDEX alerts_by_fault;
DROP INDEX open_faults;
ALTER TABLE faults RENAME TO incidents;
ALTER TABLE alerts RENAME COLUMN fault TO incident;
{INCIDENT_INDEXES}
""",
    # There was one level, now called alarm, and its words were suspect and anomaly.
    6: f"""
ALTER TABLE windows ADD COLUMN alarm_score REAL;
ALTER TABLE windows ADD COLUMN alarm_threshold REAL;
ALTER TABLE windows ADD COLUMN window_level TEXT;
ALTER TABLE windows ADD COLUMN level TEXT;
ALTER TABLE windows ADD COLUMN mode TEXT;
ALTER TABLE windows ADD COLUMN mounting_changed INTEGER;
UPDATE windows SET
    window_level = CASE alarming WHEN 1 THEN 'alarm' WHEN 0 THEN 'normal' END,
    level = CASE WHEN alert THEN 'alarm' WHEN judged_by IS NOT NULL THEN 'normal' END,
    mounting_changed = CASE WHEN judged_by IS NOT NULL THEN coalesce(state = 'mounting changed', 0) END,
    state = CASE WHEN state IN ('suspect', 'anomaly') THEN 'alarm' ELSE state END
WHERE alert OR judged_by IS NOT NULL;
ALTER TABLE windows DROP COLUMN alarming;
DROP INDEX IF EXISTS windows_by_board;
{SCORES_INDEX}
ALTER TABLE alerts ADD COLUMN level TEXT NOT NULL DEFAULT 'alarm';
ALTER TABLE alerts ADD COLUMN raised_us INTEGER;
ALTER TABLE alerts ADD COLUMN mounting_changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN baseline_s REAL;
ALTER TABLE incidents ADD COLUMN told_level TEXT;
UPDATE incidents SET told_level = 'alarm' WHERE told_us IS NOT NULL;
""",
    7: f"""
ALTER TABLE windows ADD COLUMN tier INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN trashed_us INTEGER;
{HEALTH}
ALTER TABLE devices ADD COLUMN ordered_before TEXT;
ALTER TABLE devices ADD COLUMN ordered_after TEXT;
ALTER TABLE devices ADD COLUMN label TEXT;
DROP INDEX IF EXISTS windows_by_recording;
DROP INDEX IF EXISTS windows_by_age;
{KEPT_INDEXES}
{KEEPING}
{ACCESS}
""",
}
"""By the version they lead away from, each to the next."""
