-- One row a company that uses a word that was asked for (see enrich/words/found.py).
SELECT company_id::VARCHAR AS company_id FROM worded;
