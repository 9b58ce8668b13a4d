-- One row a period of accounts of one company, the latest first; amounts in the currency they were filed in.
SELECT account.period_to, account.period_from, account.kind, account.currency, account.revenue, account.operating_result,
    account.profit, account.total_assets, account.equity, account.average_employees, account.source, account.known_from AS learnt_at
FROM mart.account AS account
WHERE account.company_id = $company_id::UUID
ORDER BY account.period_to DESC, account.kind;
