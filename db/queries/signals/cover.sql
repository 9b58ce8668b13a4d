-- Notes between which days the source has told everything. Where it begins anew ($covered_from) and what was known
-- reaches to the day before, what was known counts on. Before an event that may be anybody's ($unnamed_until) nothing does.
UPDATE core.signal_coverage SET
    covered_from = CASE
        WHEN covered_until::DATE >= $covered_from::DATE - 1 THEN least(covered_from, $covered_from::DATE)
        ELSE coalesce($covered_from::DATE, covered_from)
    END,
    covered_until = coalesce(greatest(covered_until, $covered_until::TIMESTAMPTZ), covered_until)
WHERE source = $source AND kind = $kind AND country_code IS NOT DISTINCT FROM $country_code;

INSERT INTO core.signal_coverage
SELECT $source, $kind, $country_code, $covered_from::DATE, $covered_until::TIMESTAMPTZ
WHERE $covered_from::DATE IS NOT NULL
    AND NOT EXISTS (
        FROM core.signal_coverage
        WHERE source = $source AND kind = $kind AND country_code IS NOT DISTINCT FROM $country_code
    );

UPDATE core.signal_coverage SET covered_from = greatest(covered_from, $unnamed_until::DATE + 1)
WHERE source = $source AND kind = $kind AND country_code IS NOT DISTINCT FROM $country_code;
