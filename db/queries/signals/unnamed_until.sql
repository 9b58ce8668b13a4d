-- The last day with an event of a kind whose company is not named by number: it may be anybody's.
SELECT max(coalesce(happened_date, $stated_at::TIMESTAMPTZ::DATE)) FROM stated_signal
WHERE reject_code = 'missing_number' AND kind = $kind;
