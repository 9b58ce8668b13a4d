-- Lets readers see every version of every ICP, and which one is asked today.
INSERT INTO mart.icp_version
SELECT icp, icp_version, definition, published_at, lead(published_at) OVER (PARTITION BY icp ORDER BY published_at)
FROM warehouse.core.icp_version
ORDER BY icp, published_at;
