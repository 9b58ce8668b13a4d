-- Lands code lists (`stated_code`, lent) and how one became the other (`stated_correspondence`, lent): all that $source says.
DELETE FROM core.correspondence WHERE source = $source;

INSERT INTO core.correspondence
SELECT $source, old_scheme, old_code, new_scheme, new_code FROM stated_correspondence;

INSERT OR REPLACE INTO core.code
SELECT scheme, code, title, $run_id::UUID
FROM stated_code
ANTI JOIN core.code AS known USING (scheme, code);
