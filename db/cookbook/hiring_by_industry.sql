-- Which industries advertise for people, in the 60 days before publication? Where no feed told of all those days it
-- is unknown, not zero.
-- For: SDR.
WITH told AS (
    SELECT company.company_id, company.country_code, company.industry_scheme, company.industry_code, meta.as_of::DATE - 60 AS since,
        EXISTS (
            FROM mart.signal_coverage AS covered
            WHERE kind = 'job_ad' AND coalesce(covered.country_code = company.country_code, true)
                AND covered_from <= meta.as_of::DATE - 60
        ) AS is_told
    FROM mart.company AS company, mart.meta AS meta
    WHERE status = 'active'
)
SELECT
    country_code AS country, coalesce(industry_scheme, 'unknown') AS scheme, coalesce(left(industry_code, 2), 'unknown') AS division,
    min(code.title) AS title, count(DISTINCT told.company_id) AS companies,
    CASE WHEN is_told OR count(signal_id) > 0 THEN count(signal_id)::VARCHAR ELSE 'unknown' END AS job_ads
FROM told
LEFT JOIN mart.code AS code ON code.scheme = industry_scheme AND code.code = left(industry_code, 2)
LEFT JOIN mart.signal AS ad
    ON ad.company_id = told.company_id AND kind = 'job_ad' AND NOT coalesce(is_agency, false) AND happened_date >= since
GROUP BY country_code, industry_scheme, division, is_told
ORDER BY count(signal_id) DESC, companies DESC, division;
