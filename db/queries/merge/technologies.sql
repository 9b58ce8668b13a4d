-- One row a company whose own site was read: the products by whose traces it is recognised, in lower case.
CREATE OR REPLACE TEMP TABLE company_technologies AS
SELECT
    member.company_id,
    list_sort(list_distinct(list_transform(flatten(list(coalesce(site.technologies, []))), lambda one: lower(one.name)))) AS technologies
FROM core.site AS site
JOIN core.company_member AS member USING (record_id)
WHERE site.known_to IS NULL
GROUP BY member.company_id;
