-- What a complete list ($is_complete) lacks has ended: events that were open, and stated before it was made ($stated_at).
CREATE OR REPLACE TEMP TABLE absent_signal AS
SELECT
    substr(signal_id, length($source) + 2) AS source_key, kind, 'ended' AS status, $stated_at AS stated_at,
    least(expires_date, $stated_at::DATE) AS ended_date
FROM core.signal
WHERE
    $is_complete AND source = $source AND kind = $kind AND known_to IS NULL AND status = 'open' AND stated_at < $stated_at
    AND signal_id NOT IN (SELECT $source || ':' || source_key FROM stated_signal WHERE reject_code IS NULL);

INSERT INTO stated_signal BY NAME SELECT * FROM absent_signal;
