-- What became of the events that the delivery speaks of: new, changed, and ended, those included that it lacks.
SELECT
    count(*) FILTER (is_new) AS added,
    count(*) FILTER (is_changed AND signal_id NOT IN (SELECT $source || ':' || source_key FROM absent_signal)) AS changed,
    count(*) FILTER (is_closed) AS closed
FROM folded_signal;
