-- One row: how many companies that fit the ICP were held back at publication, the ICP's version then, and how many
-- were held back in all (null: the file does not say).
SELECT
    coalesce(sum(company_count) FILTER (icp = $icp), 0)::BIGINT AS company_count,
    (SELECT any_value(icp_version) FROM mart.fit WHERE icp = $icp) AS icp_version,
    (sum(company_count) FILTER (icp IS NULL))::BIGINT AS in_all
FROM mart.withheld;
