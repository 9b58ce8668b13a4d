-- How many planned rows are picked by their place in the delivery.
SELECT count(*) FROM land_plan WHERE row_number IS NOT NULL;
