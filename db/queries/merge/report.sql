-- One row: what the golden records are, counted.
SELECT
    count(*) AS companies,
    count(*) FILTER (is_natural_person) AS natural_persons,
    count(*) FILTER (length(record_ids) > 1) AS of_several_records,
    count(*) FILTER (status = 'left_source') AS left_source,
    count(*) FILTER (is_in_crm) AS in_crm,
    count(*) FILTER (is_customer) AS customers
FROM core.company;
