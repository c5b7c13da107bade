-- BLAKE3 of a row, of the night that it is the first to show, and of all rows of its pipeline before it.
-- None in rows from before this step: the first digest after them covers them too.
ALTER TABLE night_releases ADD COLUMN digest TEXT;
