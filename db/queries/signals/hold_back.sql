-- Events of employers that were erased, or that their register (one of $registers) withdrew, become rejects.
UPDATE stated_signal SET reject_code = 'erased'
WHERE reject_code IS NULL AND (employer_scheme, employer_value) IN (
    WITH employer AS (
        SELECT DISTINCT employer_scheme, employer_value FROM stated_signal WHERE employer_value IS NOT NULL
    ),
    named AS (
        SELECT employer_scheme, employer_value, hmac_of('organisation', organisation_of(employer_scheme, employer_value)) AS hmac
        FROM employer
        UNION ALL
        SELECT employer_scheme, employer_value, hmac_of('record', register || ':' || employer_value)
        FROM employer, unnest($registers) AS registers (register)
    )
    SELECT (employer_scheme, employer_value) FROM named SEMI JOIN core.tombstone USING (hmac)
);
