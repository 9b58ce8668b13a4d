-- Accounts may state how many people were employed on average in their period.
ALTER TABLE core.account ADD COLUMN average_employees DECIMAL(28, 2);
COMMENT ON COLUMN core.account.average_employees IS 'open: Average number of employees in the period';
