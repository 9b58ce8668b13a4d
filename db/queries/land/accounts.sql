-- Lands accounts (`stated_account`, lent): of each period the latest filing counts, an older one stays as history.
CREATE OR REPLACE TEMP TABLE kept_account AS
SELECT account.rowid AS kept_row, stated.stated_row
FROM core.account AS account
JOIN (SELECT *, row_number() OVER () AS stated_row FROM stated_account) AS stated
    ON account.record_id = stated.record_id AND account.kind = stated.kind AND account.period_to = stated.period_to
    AND row(account.period_from, account.currency, account.revenue, account.operating_result, account.profit,
        account.total_assets, account.equity, account.average_employees)
    IS NOT DISTINCT FROM
    row(stated.period_from, stated.currency, stated.revenue, stated.operating_result, stated.profit,
        stated.total_assets, stated.equity, stated.average_employees)
WHERE account.known_to IS NULL;

UPDATE core.account SET known_to = $at
WHERE
    known_to IS NULL
    AND (record_id, kind, period_to) IN (SELECT (record_id, kind, period_to) FROM stated_account)
    AND rowid NOT IN (SELECT kept_row FROM kept_account);

INSERT INTO core.account BY NAME
SELECT * EXCLUDE (stated_row), $run_id AS run_id, $at AS known_from
FROM (SELECT *, row_number() OVER () AS stated_row FROM stated_account)
WHERE stated_row NOT IN (SELECT stated_row FROM kept_account);

DELETE FROM core.account_inquiry WHERE record_id IN (SELECT record_id FROM asked);

INSERT INTO core.account_inquiry BY NAME
SELECT record_id, source, outcome, filed_year, $at AS asked_at FROM asked;
