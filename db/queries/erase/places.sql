-- One row a place where a byte can lie.
SELECT place, erase_by FROM core.retention ORDER BY place;
