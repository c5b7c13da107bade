-- SHA-256 of the certificate of the release, in its digest. None in rows from before this step.
ALTER TABLE night_releases ADD COLUMN certificate TEXT;
