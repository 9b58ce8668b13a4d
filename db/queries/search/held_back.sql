-- One row a published company that was suppressed since publication: counted, never shown.
SELECT *, true AS is_held_back FROM mart.company WHERE company_id IN (SELECT company_id FROM withheld_now)
