-- Records of this delivery as rendered, before it is known whether they are news; one row a record.
CREATE OR REPLACE TEMP TABLE land_rendered AS SELECT * FROM core.source_record LIMIT 0;
