-- SHA-256 of the certificate of a release, kept before the release is shown.
CREATE TABLE release_certificates (
    release TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT;
