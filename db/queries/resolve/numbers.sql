-- One row a number of a record that the lent rows name.
SELECT number.record_id, number.scheme, number.value
FROM core.identifier AS number
JOIN paired_records USING (record_id)
ORDER BY ALL;
