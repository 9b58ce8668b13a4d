-- One row a folder or file of the data folder that keeps what it holds for a number of days only.
SELECT place, keep_days FROM core.retention WHERE place LIKE 'data/%' AND keep_days IS NOT NULL ORDER BY place;
