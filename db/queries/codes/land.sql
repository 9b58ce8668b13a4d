-- Lands code lists (`stated_code`, lent) and how one became the other (`stated_correspondence`, lent): of two schemes all that
-- $source says. Schemes that are not among them stay as they were.
DELETE FROM core.correspondence
WHERE source = $source
    AND (old_scheme, new_scheme) IN (SELECT (old_scheme, new_scheme) FROM stated_correspondence);

INSERT INTO core.correspondence
SELECT $source, old_scheme, old_code, new_scheme, new_code FROM stated_correspondence;

INSERT OR REPLACE INTO core.code
SELECT scheme, code, title, $run_id::UUID
FROM stated_code
ANTI JOIN core.code AS known USING (scheme, code);
