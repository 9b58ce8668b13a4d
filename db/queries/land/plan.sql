-- One row a record that the delivery states: what that means for the ledger.
--   added      unknown until now                      reopened    had left the source, is back
--   unchanged  as known                               changed     a new version
--   rerendered as known, read by another mapping      compare     read from another layout: only its fields can tell
--   late       an older statement than the one known: a historical version at most
--   late_known a delta stated it after the delivery's file can have been made: what is known stays
CREATE OR REPLACE TEMP TABLE land_plan AS
WITH last_version AS (
    SELECT rowid AS previous_rowid, source_key, content_hash, mapping_version, layout, source_seq, known_from, run_id, is_closed
    FROM core.source_record
    WHERE source = $source AND (known_to IS NULL OR is_closed)
), later_delta AS (
    SELECT source_seq FROM core.run
    WHERE source = $source AND outcome = 'ok' AND coverage = 'delta' AND source_seq > $made_seq
), judged AS (
    SELECT
        delivered.source_key, delivered.row_number, delivered.content_hash, last_version.* EXCLUDE (source_key, content_hash, is_closed),
        CASE
            WHEN $newest_complete_seq > $source_seq OR last_version.source_seq > $source_seq THEN 'late'
            WHEN last_version.source_key IS NULL THEN 'added'
            WHEN last_version.is_closed THEN 'reopened'
            WHEN last_version.content_hash = delivered.content_hash THEN
                if(last_version.mapping_version = $mapping_version, 'unchanged', 'rerendered')
            WHEN last_version.source_seq IN (SELECT source_seq FROM later_delta) THEN 'late_known'
            WHEN last_version.content_hash // $hash_unit = $basis THEN 'changed'
            WHEN last_version.layout = $layout AND last_version.mapping_version <> $mapping_version THEN 'rerendered'
            ELSE 'compare'
        END AS verdict
    FROM land_row AS delivered
    LEFT JOIN last_version USING (source_key)
    WHERE delivered.reject_code IS NULL
)
SELECT
    $source || ':' || source_key AS record_id, source_key, row_number, content_hash, verdict, previous_rowid,
    if(verdict = 'rerendered', run_id, $run_id::UUID) AS run_id,
    if(verdict = 'rerendered', known_from, $fetched_at) AS known_from,
    NULL::TIMESTAMPTZ AS known_to,
    false AS is_closed,
    $source_seq::BIGINT AS source_seq,
    $fetched_at AS fetched_at
FROM judged;
