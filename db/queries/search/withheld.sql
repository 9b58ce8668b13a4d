-- One row: how many companies that fit the ICP were held back at publication, and the ICP's version then.
SELECT
    coalesce(sum(company_count), 0)::BIGINT AS company_count,
    (SELECT any_value(icp_version) FROM mart.fit WHERE icp = $icp) AS icp_version
FROM mart.withheld
WHERE icp = $icp;
