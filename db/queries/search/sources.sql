-- One row a source with published companies: licence and attribution go wherever its values go.
SELECT name, title, licence, attribution, publisher, homepage, last_delivery_at, row_count
FROM mart.source
WHERE row_count > 0
ORDER BY name;
