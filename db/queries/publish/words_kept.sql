-- Takes over the words of companies whose texts did not change since the publication before (the catalogue `before`).
INSERT INTO text_kept
SELECT now.company_number, kept.company_number
FROM text_now AS now
JOIN before.mart.text AS kept ON kept.company_id = now.company_id AND kept.digest = now.digest;

INSERT INTO word_met SELECT word_id, language, word FROM before.mart.word;

INSERT INTO posting_met
SELECT word_id, kept.company_number, name_count, purpose_count, activity_count, place_count, site_count, is_opening
FROM before.mart.posting AS posting
JOIN text_kept AS kept ON kept.before_number = posting.company_number;

INSERT INTO mart.text
SELECT
    now.company_number, now.company_id, now.language, kept.name_length, kept.purpose_length, kept.activity_length, kept.place_length,
    kept.site_length, now.digest
FROM before.mart.text AS kept
JOIN text_kept ON text_kept.before_number = kept.company_number
JOIN text_now AS now ON now.company_number = text_kept.company_number;
