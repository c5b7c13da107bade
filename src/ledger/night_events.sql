-- Last row of `releases` that the digest covers, with those before it: who saw what. None in rows from before this
-- step, which cover none.
ALTER TABLE night_releases ADD COLUMN events INTEGER;
