-- One row a company whose own accounts state revenue: the latest, and the same in euro by the last rate in its period,
-- at most ten days before its end (rates rest over holidays).
CREATE OR REPLACE TEMP TABLE company_revenue AS
WITH latest AS (
    SELECT member.company_id, account.revenue, account.currency AS revenue_currency, account.period_to AS revenue_date
    FROM core.account AS account
    JOIN core.company_member AS member USING (record_id)
    WHERE account.known_to IS NULL AND account.kind = 'company' AND account.revenue IS NOT NULL AND account.currency IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY member.company_id ORDER BY account.period_to DESC, account.known_from DESC, account.record_id) = 1
),
rate AS (
    SELECT rate_date, currency, per_euro FROM core.exchange_rate
    UNION ALL
    SELECT DISTINCT rate_date, 'EUR' AS currency, 1 AS per_euro FROM core.exchange_rate
)
SELECT
    latest.*,
    CASE WHEN rate.rate_date >= latest.revenue_date - INTERVAL 10 DAY THEN rate.rate_date END AS revenue_rate_date,
    CASE WHEN rate.rate_date >= latest.revenue_date - INTERVAL 10 DAY THEN (latest.revenue::DOUBLE / rate.per_euro)::DECIMAL(28, 2) END AS revenue_eur
FROM latest
ASOF LEFT JOIN rate ON rate.currency = latest.revenue_currency AND latest.revenue_date >= rate.rate_date;
