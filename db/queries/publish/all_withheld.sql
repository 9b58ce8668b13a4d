-- Counts all companies that are in no published file, whether or not they fit an ICP; nobody is named.
INSERT INTO mart.withheld SELECT NULL, NULL, count(DISTINCT company_id) FROM withheld_company;
