-- Stands in for the table of unreadable lines where the delivery is not a text file.
CREATE TEMP TABLE land_unreadable (scan_id UBIGINT, line UBIGINT, error_type VARCHAR, csv_line VARCHAR);
CREATE TEMP TABLE land_scan (scan_id UBIGINT);
