-- One row a company of `fitting` (what an ICP gives) whose owner is the one asked for: who owns it, and in `rules` one
-- bit for each rule that leaves it out, lowest first, in the order of RULES in enrich/rules.py. `crm_owner` are the owners of the CRM.
SELECT
    company_id, fitting.name, verdict, fit_low, fit_high, employees_low,
    coalesce(owner.name, owner.email, fitting.owner_id, territory_owner) AS owner,
    CASE WHEN is_held_back THEN 1 ELSE 0 END
    + CASE WHEN is_natural_person THEN 2 ELSE 0 END
    + CASE WHEN entity_kind NOT IN ('legal_entity', 'public_body', 'sole_trader') THEN 4 ELSE 0 END
    + CASE WHEN status NOT IN ('active', 'unknown') THEN 8 ELSE 0 END
    + CASE WHEN coalesce(is_marketing_protected, false) THEN 16 ELSE 0 END
    + CASE WHEN is_customer OR has_open_deal THEN 32 ELSE 0 END
    + CASE WHEN is_customer_group THEN 64 ELSE 0 END
    + CASE
        WHEN last_contacted_date > $as_of - $contacted_days::INTEGER THEN 128
        WHEN last_exported_at::DATE > $as_of - $contacted_days::INTEGER THEN 128
        ELSE 0
    END
    + CASE
        WHEN mark IN ('competitor', 'partner', 'not-a-fit') THEN 256
        WHEN mark = 'snoozed' AND coalesce(mark_until >= $as_of, true) THEN 256
        ELSE 0
    END
    + CASE WHEN verdict = 'maybe' AND NOT is_told THEN 512 ELSE 0 END AS rules
FROM fitting
LEFT JOIN crm_owner AS owner ON owner.owner_id = fitting.owner_id
WHERE
    $owner IS NULL
    OR lower(coalesce(owner.name, owner.email, fitting.owner_id, territory_owner, 'unassigned')) = lower($owner)
    OR lower(owner.email) = lower($owner)
