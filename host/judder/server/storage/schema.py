"""The tables of the server's SQLite file, and how those of an older Judder are brought up to date."""

SCHEMA_VERSION = 5
MESSAGES = """
CREATE INDEX alerts_by_fault ON alerts (fault);
CREATE TABLE faults (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, told_us INTEGER, recovered_us INTEGER
) STRICT;
CREATE INDEX open_faults ON faults (device) WHERE recovered_us IS NULL;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, channel TEXT NOT NULL, message TEXT NOT NULL,
    created_us INTEGER NOT NULL, due_us INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, error TEXT,
    delivered_us INTEGER, given_up_us INTEGER, UNIQUE (key, channel)
) STRICT;
CREATE INDEX undelivered ON outbox (channel, id) WHERE delivered_us IS NULL AND given_up_us IS NULL;
"""
"""What judder.server.notify keeps: faults, and messages on their way."""
LEARNINGS = """
CREATE TABLE learnings (
    recording INTEGER PRIMARY KEY REFERENCES recordings (id), device TEXT NOT NULL, state TEXT NOT NULL,
    model_id TEXT, error TEXT, warnings TEXT NOT NULL
) STRICT;
"""
"""What judder.server.services.learning keeps."""
SCHEMA = (
    """
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
CREATE TABLE devices (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, status_us INTEGER NOT NULL, ordered_model TEXT
) STRICT;
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL,
    judged_by TEXT NOT NULL, model_id TEXT, score REAL, started_us INTEGER NOT NULL, ended_us INTEGER,
    why TEXT, acknowledged_us INTEGER, fault INTEGER
) STRICT;
"""
    + MESSAGES
    + LEARNINGS
)
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
    # Alerts from before are old news: none is told now.
    3: "ALTER TABLE alerts ADD COLUMN fault INTEGER; UPDATE alerts SET fault = id;" + MESSAGES,
    4: "ALTER TABLE devices ADD COLUMN ordered_model TEXT;" + LEARNINGS,
}
"""By the version they lead away from, each to the next."""
