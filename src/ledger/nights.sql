-- What was published together, once for each set of records: nothing here is changed or deleted.
-- Both blobs are zstd: the records with what they showed, and the certificate.
CREATE TABLE nights (
    night INTEGER PRIMARY KEY,
    pipeline TEXT NOT NULL,
    day TEXT NOT NULL,
    state BLOB NOT NULL,
    certificate BLOB NOT NULL
) STRICT;

-- One row a release that was about to be shown, with the night that it shows and what the next one needs.
CREATE TABLE night_releases (
    entry INTEGER PRIMARY KEY,
    pipeline TEXT NOT NULL,
    release TEXT NOT NULL,
    night INTEGER NOT NULL REFERENCES nights (night),
    history_days INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    last BLOB NOT NULL
) STRICT;
