-- One row a column of the published companies.
DESCRIBE mart.company;
