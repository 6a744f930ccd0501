"""The tables of the server's SQLite file, and how those of an older Judder are brought up to date."""

SCHEMA_VERSION = 3
SCHEMA = """
CREATE TABLE windows (
    device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    received_us INTEGER NOT NULL, timestamp_us INTEGER NOT NULL, flags INTEGER NOT NULL,
    sensor INTEGER NOT NULL, sample_rate_hz REAL NOT NULL, scale_g REAL NOT NULL,
    typecode TEXT NOT NULL, counts BLOB NOT NULL,
    judged_by TEXT, model_id TEXT, score REAL, p_value REAL, anomaly INTEGER, alert INTEGER,
    recording INTEGER REFERENCES recordings (id), pose TEXT,
    threshold REAL, combined_score REAL, combined_threshold REAL, state TEXT, why TEXT,
    UNIQUE (device, boot_id, seq)
) STRICT;
CREATE INDEX windows_by_board ON windows
    (device, received_us, combined_score, combined_threshold, p_value, alert);
CREATE INDEX windows_by_recording ON windows (recording);
CREATE INDEX windows_by_age ON windows (received_us) WHERE recording IS NULL;
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY, condition TEXT NOT NULL, device TEXT, wanted INTEGER, pose TEXT,
    state TEXT NOT NULL, started_us INTEGER NOT NULL
) STRICT;
CREATE TABLE devices (id TEXT PRIMARY KEY, status TEXT NOT NULL, status_us INTEGER NOT NULL) STRICT;
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    judged_by TEXT NOT NULL, model_id TEXT, score REAL, started_us INTEGER NOT NULL, ended_us INTEGER,
    why TEXT, acknowledged_us INTEGER
) STRICT;
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
CREATE INDEX windows_by_board ON windows
    (device, received_us, combined_score, combined_threshold, p_value, alert);
""",
}
"""By the version they lead away from, each to the next."""
