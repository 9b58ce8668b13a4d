-- How many companies there are, and how many of them have texts that are new or changed.
SELECT count(*) AS company_count, count(*) - (SELECT count(*) FROM text_kept) AS changed_count FROM text_now;
