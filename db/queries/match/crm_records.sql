-- One row a CRM record that `$asked` names (its id in the CRM or ours, e-mail or name), or all where it is null, with
-- the verdict on it. With `$states` only those of these states, but contacts that follow their CRM company: they wait
-- with it. `judged_as` is the CRM record whose evidence stands for it. The nearest calls come first: those whose best
-- candidate is least apart from the runner-up, or from what these two leave for nobody. Of contacts neither phone nor
-- place is compared: they are the person's, not the company's. `employer` is the company by which a contact was matched.
WITH record AS (
    SELECT
        'company' AS kind, crm_id, crm_key, name AS label, NULL AS email,
        CASE WHEN NOT is_natural_person THEN name END AS name, country_code, registration_scheme,
        registration_number, list_concat(domains, [website]) AS addresses, phone,
        CASE WHEN NOT is_natural_person THEN street END AS street, postal_code, city, employees_low, employees_high,
        NULL AS company_crm_key
    FROM people.mart.crm_company
    UNION ALL BY NAME
    SELECT
        'contact' AS kind, crm_id, crm_key, coalesce(nullif(concat_ws(' ', first_name, last_name), ''), email) AS label,
        email, company_name AS name, country_code, registration_scheme, registration_number,
        [website, email] AS addresses, company_crm_key
    FROM current_contact
)
SELECT
    record.*,
    CASE WHEN verdict.decided_by = 'crm_link' THEN employer.crm_id ELSE record.crm_id END AS judged_as,
    CASE WHEN verdict.decided_by = 'crm_link' THEN employer.name WHEN record.kind = 'contact' THEN record.name END AS employer,
    verdict.state, verdict.probability, verdict.runner_up_probability, verdict.decided_by, verdict.matched_at,
    verdict.company_id::VARCHAR AS company_id, verdict.record_id
FROM record
JOIN current_match AS verdict ON verdict.crm_id = record.crm_id AND verdict.crm_kind = record.kind
LEFT JOIN (SELECT crm_key, min(crm_id) AS crm_id, min_by(name, crm_id) AS name FROM people.mart.crm_company GROUP BY crm_key) AS employer
    ON employer.crm_key = record.company_crm_key
WHERE ($asked IS NULL OR record.crm_id = $asked OR record.crm_key = $asked OR lower(email) = lower($asked) OR lower(label) = lower($asked))
    AND ($states IS NULL OR (list_contains($states, verdict.state) AND verdict.decided_by <> 'crm_link'))
ORDER BY
    abs(
        verdict.probability
        - greatest(coalesce(runner_up_probability, 0), 1 - verdict.probability - coalesce(runner_up_probability, 0))
    ) NULLS LAST,
    record.crm_id
LIMIT $limit;
