-- Puts companies whose place somebody edited where they lie now, by `place` (lent). After merge/apply_edits.
UPDATE core.company AS company
SET
    place_name = found.place_name,
    place_region = found.place_region,
    place_municipality = found.place_municipality,
    latitude = found.latitude,
    longitude = found.longitude
FROM (
    SELECT
        company.company_id,
        coalesce(municipality.place_name, town.place_name) AS place_name,
        coalesce(municipality.place_region, town.place_region) AS place_region,
        coalesce(municipality.place_municipality, town.place_municipality) AS place_municipality,
        coalesce(municipality.latitude, town.latitude) AS latitude,
        coalesce(municipality.longitude, town.longitude) AS longitude
    FROM core.company AS company
    JOIN edited ON edited.company_id = company.company_id AND coalesce(edited.municipality_code, edited.city, edited.country_code) IS NOT NULL
    LEFT JOIN place AS municipality
        ON municipality.kind = 'municipality' AND municipality.country_code = company.country_code AND municipality.key = company.municipality_code
    LEFT JOIN place AS town
        ON town.kind = 'town' AND town.country_code = company.country_code AND town.key = strip_accents(lower(company.city))
) AS found
WHERE found.company_id = company.company_id;
