-- One row a country that rows of the list state; null for those that state none.
SELECT DISTINCT country_code FROM match_list;
