-- One row a company of `$countries` that is none of `$ids` and could be a customer: in business, and no branch or estate.
SELECT *
FROM current_company
WHERE list_contains($countries, country_code) AND company_id NOT IN (SELECT unnest($ids::UUID[]))
    AND status IN ('active', 'unknown') AND entity_kind IN ('legal_entity', 'public_body')
