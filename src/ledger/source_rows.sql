-- Rows that a source gave to a run; no entry for a source that was absent.
CREATE TABLE run_source_rows (
    run INTEGER NOT NULL REFERENCES runs (run),
    source TEXT NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (run, source)
) STRICT;
