-- Whether the code lists (`stated_code`, lent) have a code that is not known, or other correspondences (`stated_correspondence`,
-- lent) than $source had.
WITH had AS (
    SELECT old_scheme, old_code, new_scheme, new_code FROM core.correspondence WHERE source = $source
)
SELECT
    EXISTS (FROM stated_code ANTI JOIN core.code AS known USING (scheme, code))
    OR EXISTS (FROM stated_correspondence EXCEPT FROM had)
    OR EXISTS (FROM had EXCEPT FROM stated_correspondence);
