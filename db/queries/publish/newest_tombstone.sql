-- When somebody was last erased, or a record last withdrawn.
SELECT max(laid_at) FROM core.tombstone;
