-- When the roles of a source's entities were asked for that were asked for longest ago.
SELECT min(asked_at) FROM core.role_inquiry WHERE starts_with(record_id, $source || ':');
