-- Numbers of persons that registers were asked for: kept as a keyed hash. Which of those asked for before were persons' is not
-- known, only which led to a company; the others are asked for again.
DELETE FROM core.number_inquiry
WHERE outcome = 'hit' AND source || ':' || source_key NOT IN (SELECT record_id FROM core.source_record);
COMMENT ON COLUMN core.number_inquiry.source_key IS 'mixed: The number; a keyed hash (64 characters) where the answer is a person''s';
