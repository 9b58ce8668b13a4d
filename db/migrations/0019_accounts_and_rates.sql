-- Accounts may state how many people were employed on average in their period; revenue is on the company, and rates of
-- currencies compare it with an amount in another.
ALTER TABLE core.account ADD COLUMN average_employees DECIMAL(28, 2);
COMMENT ON COLUMN core.account.average_employees IS 'open: Average number of employees in the period';

-- One row a day and currency: how many units of it one euro was, by the reference rates of the ECB.
CREATE TABLE core.exchange_rate (
    rate_date DATE NOT NULL,            -- open: Day of the rate
    currency VARCHAR NOT NULL,          -- open: ISO 4217
    per_euro DECIMAL(18, 6) NOT NULL    -- open: Units of the currency for one euro
);

INSERT INTO core.retention VALUES
    ('core.exchange_rate', 'Reference rates of currencies', 'open', NULL, 'delete');

ALTER TABLE core.company ADD COLUMN revenue DECIMAL(28, 2);
COMMENT ON COLUMN core.company.revenue IS 'open: Revenue in the latest accounts of its own that state it';
ALTER TABLE core.company ADD COLUMN revenue_currency VARCHAR;
COMMENT ON COLUMN core.company.revenue_currency IS 'open: ISO 4217 of the revenue, as filed';
ALTER TABLE core.company ADD COLUMN revenue_date DATE;
COMMENT ON COLUMN core.company.revenue_date IS 'open: Last day of the period of these accounts';
ALTER TABLE core.company ADD COLUMN revenue_eur DECIMAL(28, 2);
COMMENT ON COLUMN core.company.revenue_eur IS 'open: The same in euro, by the rate of revenue_rate_date; null where no rate is known';
ALTER TABLE core.company ADD COLUMN revenue_rate_date DATE;
COMMENT ON COLUMN core.company.revenue_rate_date IS 'open: Last day of rates in that period';
