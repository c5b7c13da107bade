-- SHA-256 of the list of checksums of a release, as it was published.
CREATE TABLE release_checksums (
    release TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT;
