-- One row a source in the published file: its terms, and what came of it.
SELECT name, title, licence, attribution, publisher, homepage, last_delivery_at, row_count FROM mart.source ORDER BY name;
