-- One row a combination of persons who may sign for a company or have its procuration, or the answer that none is told;
-- who is held back by now is counted, not named.
SELECT
    kind, state, rule_text, rule_code, holder_count, source, asked_at,
    list_filter(
        holders, lambda holder: NOT list_contains(withheld.hmacs, hmac_of('person', fold_person(holder.name)))
    ) AS holders
FROM people.mart.mandate
CROSS JOIN (SELECT coalesce(list(hmac), []) AS hmacs FROM withheld_holder_now) AS withheld
WHERE company_id = $company_id::UUID
ORDER BY kind DESC, combination NULLS LAST, state;
