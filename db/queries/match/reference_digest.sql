-- One number for all register records together: another as soon as anything is by which candidates are found or compared.
-- Hashed twice, because a hash of several columns is a product and an exclusive or, of which sums are too easily the same.
SELECT hash(
    (SELECT sum(hash(hash(record))) FROM match_reference AS record),
    (SELECT sum(hash(hash(number))) FROM match_reference_number AS number),
    (SELECT sum(hash(hash(further))) FROM match_reference_name AS further),
    (SELECT sum(hash(hash(size))) FROM match_reference_size AS size),
    (SELECT sum(hash(hash(member))) FROM match_company AS member)
) AS digest;
