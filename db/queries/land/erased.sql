-- Rows of records that were erased or withdrawn (`erased_keys`, lent) become rejects: they do not come back.
UPDATE land_row SET reject_code = 'erased' WHERE reject_code IS NULL AND source_key IN (SELECT source_key FROM erased_keys);

INSERT INTO land_odd SELECT source_key FROM erased_keys;
