-- One row a version of one ICP, the last first.
SELECT icp_version, definition, published_at, replaced_at
FROM mart.icp_version
WHERE icp = $icp
ORDER BY published_at DESC;
