-- BLAKE3 of a row and of all rows before it. None in rows from before this step: the first digest after them covers
-- them too.
ALTER TABLE releases ADD COLUMN digest TEXT;
