-- Writes down how far a kind was pulled.
INSERT INTO core.crm_pull VALUES ($source, $portal, $kind, $import_id, $at, $modified_until, $is_whole, $asked_sha256);
