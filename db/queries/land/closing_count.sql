-- How many records the delivery closed.
SELECT count(*) FROM land_closing;
