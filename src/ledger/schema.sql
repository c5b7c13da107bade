-- Times are UTC, RFC 3339, to the millisecond, so that their text sorts as they do.
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    pipeline TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    as_of TEXT NOT NULL,
    scheduled_for TEXT,
    replay_of INTEGER REFERENCES runs (run),
    dry_run INTEGER NOT NULL,
    exit_code INTEGER,
    error TEXT,
    failed_stage TEXT,
    rows INTEGER,
    refused INTEGER,
    organisations INTEGER,
    flows INTEGER,
    matches INTEGER,
    withheld INTEGER,
    release TEXT
) STRICT;

CREATE TABLE run_findings (
    run INTEGER NOT NULL REFERENCES runs (run),
    severity TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run, severity, kind)
) STRICT;

CREATE TABLE run_stages (
    run INTEGER NOT NULL REFERENCES runs (run),
    position INTEGER NOT NULL,
    stage TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    PRIMARY KEY (run, position)
) STRICT;

-- A source without snapshots is one that was absent.
CREATE TABLE run_sources (
    run INTEGER NOT NULL REFERENCES runs (run),
    source TEXT NOT NULL,
    PRIMARY KEY (run, source)
) STRICT;

CREATE TABLE run_snapshots (
    run INTEGER NOT NULL REFERENCES runs (run),
    source TEXT NOT NULL,
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (run, source, position)
) STRICT;

-- The address itself may hold a key, so only its SHA-256 is kept.
CREATE TABLE answers (
    address TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE releases (
    event INTEGER PRIMARY KEY,
    release TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('published', 'restored', 'withdrawn')),
    at TEXT NOT NULL,
    run INTEGER REFERENCES runs (run)
) STRICT;

-- Due times before a pipeline was first watched are nobody's to catch up.
CREATE TABLE watched (
    pipeline TEXT PRIMARY KEY,
    since TEXT NOT NULL
) STRICT;

CREATE TABLE schedules (
    pipeline TEXT NOT NULL,
    scheduled_for TEXT NOT NULL,
    holder TEXT NOT NULL,
    taken TEXT NOT NULL,
    lease_until TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    ended TEXT,
    exit_code INTEGER,
    UNIQUE (pipeline, scheduled_for)
) STRICT;
