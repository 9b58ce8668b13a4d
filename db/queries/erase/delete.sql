-- Takes the subject out of what does not name it by a record's id. Tables that do are emptied by
-- enrich/purge.py; `redacted_rows` (lent) are all decisions, as they read from now on.
DELETE FROM core.export
WHERE company_id IN (SELECT company_id FROM core.company_member WHERE record_id IN (SELECT record_id FROM erased_record));

DELETE FROM core.company
WHERE anchor_record_id IN (SELECT record_id FROM erased_record);

UPDATE core.source_record
SET contact_points = list_filter(contact_points, lambda one: NOT list_contains($texts, lower(trim(one."value"))))
WHERE len(list_filter(contact_points, lambda one: list_contains($texts, lower(trim(one."value"))))) > 0;

UPDATE core.record_key
SET phone = CASE WHEN NOT list_contains($texts, phone) THEN phone END,
    mobile = CASE WHEN NOT list_contains($texts, mobile) THEN mobile END
WHERE list_contains($texts, phone) OR list_contains($texts, mobile);

DELETE FROM core.change
WHERE list_contains(list_transform($texts, lambda one: contains(lower(concat_ws(' ', old_value, new_value)), one)), true);

DELETE FROM core.match_evidence
WHERE list_contains(list_transform($texts, lambda one: contains(lower(concat_ws(' ', left_value, right_value)), one)), true);

DELETE FROM core.match_evidence_past
WHERE list_contains(list_transform($texts, lambda one: contains(lower(concat_ws(' ', left_value, right_value)), one)), true);

DELETE FROM core.role
WHERE holder_kind = 'person' AND (record_id, holder_name) IN (SELECT (record_id, holder_name) FROM erased_role);

DELETE FROM core.relation
WHERE value IN (SELECT substr(record_id, strpos(record_id, ':') + 1) FROM erased_record);

UPDATE core.crm_deal
SET name = NULL
WHERE list_contains(list_transform($texts, lambda one: contains(lower(name), one)), true);

UPDATE core.crm_deal
SET company_name = NULL
WHERE list_contains(list_transform($texts, lambda one: contains(lower(company_name), one)), true);

-- a site without what it prints proves nothing: it is read again
DELETE FROM core.site
WHERE list_contains(list_transform($texts, lambda one: contains(lower(evidence), one)), true);

UPDATE core.site
SET emails = list_filter(emails, lambda one: NOT list_contains($texts, lower(trim(one)))),
    phones = list_filter(phones, lambda one: NOT list_contains($texts, one))
WHERE len(list_filter(list_concat(emails, phones), lambda one: list_contains($texts, lower(trim(one))))) > 0;

-- A person is told by the first and the last word of a name, in any order and with endings: a middle name may be told on one side
-- only. A description that has both is not kept, wherever they stand.
UPDATE core.site
SET description = NULL, description_url = NULL
WHERE description IS NOT NULL AND (
    list_contains(list_transform($texts, lambda one: contains(lower(description), one)), true)
    OR EXISTS (
        SELECT 1
        FROM (
            SELECT regexp_extract_all(strip_accents(lower(nfc_normalize(text))), '[\pL’''-]+') AS words
            FROM (SELECT unnest($texts) AS text)
            WHERE NOT regexp_matches(text, '[@\d]')
        )
        WHERE len(words) > 1 AND list_has_all(
            flatten(list_transform(
                regexp_extract_all(strip_accents(lower(nfc_normalize(description))), '[\pL’''-]+'),
                lambda one: [one, regexp_replace(one, '(?:''s|’s|s|in|n)$', '')]
            )),
            [words[1], words[-1]]
        )
    )
);

DELETE FROM core.signal
WHERE list_contains($texts, lower(employer_value));

UPDATE core.signal
SET title = NULL
WHERE list_contains(list_transform($texts, lambda one: contains(lower(title), one)), true);

-- a source's name begins with its country; a person's number is kept as its hash
DELETE FROM core.number_inquiry
WHERE list_contains($texts, lower(source_key))
    OR source_key IN (SELECT hmac FROM erased_subject WHERE scheme = 'organisation')
    OR source_key IN (
        SELECT hmac_of('organisation', organisation_of(upper(left(source, 2)), upper(text)))
        FROM (SELECT DISTINCT source FROM core.number_inquiry) CROSS JOIN (SELECT unnest($texts) AS text)
    )
    OR hmac_of('organisation', organisation_of(upper(left(source, 2)), source_key)) IN (
        SELECT hmac FROM erased_subject WHERE scheme = 'organisation'
    );

DELETE FROM raw.reject
WHERE list_contains(list_transform($texts, lambda one: contains(lower(coalesce(row_json, '') || ' ' || coalesce(source_key, '')), one)), true)
    OR list_contains(list_transform($numbers, lambda one: contains(regexp_replace(row_json, '[ \x{a0}.()/-]', '', 'g'), one)), true);

UPDATE core.decision AS decision
SET why = NULL, payload = redacted_rows.payload
FROM redacted_rows
WHERE redacted_rows.decision_id = decision.decision_id::VARCHAR;

UPDATE core.export AS export
SET file_name = redacted_rows.payload::JSON ->> '$.file_name', handed_to = redacted_rows.payload::JSON ->> '$.handed_to',
    icp = redacted_rows.payload::JSON ->> '$.icp'
FROM redacted_rows
WHERE redacted_rows.kind = 'export' AND redacted_rows.decision_id = export.export_id::VARCHAR;
