-- Whether the code lists (`stated_code`, lent) have a code that is not known, or other correspondences (`stated_correspondence`,
-- lent) than $source had between the same schemes.
WITH had AS (
    SELECT old_scheme, old_code, new_scheme, new_code
    FROM core.correspondence
    SEMI JOIN stated_correspondence USING (old_scheme, new_scheme)
    WHERE source = $source
)
SELECT
    EXISTS (FROM stated_code ANTI JOIN core.code AS known USING (scheme, code))
    OR EXISTS (FROM stated_correspondence EXCEPT FROM had)
    OR EXISTS (FROM had EXCEPT FROM stated_correspondence);
