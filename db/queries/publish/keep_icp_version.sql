-- Keeps an ICP as it is asked from now on, unless its last version is the same one; a version that comes back is kept again.
INSERT INTO warehouse.core.icp_version
SELECT $icp_name, $icp_version, $definition, now()
WHERE $icp_version IS DISTINCT FROM (
    SELECT arg_max(icp_version, published_at) FROM warehouse.core.icp_version WHERE icp = $icp_name
);
