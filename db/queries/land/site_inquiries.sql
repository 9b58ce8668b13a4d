-- One row an entity and domain that a source was asked for.
SELECT record_id, domain, outcome, reason_code, asked_at FROM core.site_inquiry WHERE source = $source;
