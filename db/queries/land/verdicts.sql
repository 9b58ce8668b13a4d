-- One row a verdict of the plan, with its count.
SELECT verdict, count(*) AS count FROM land_plan GROUP BY verdict;
