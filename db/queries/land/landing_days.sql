-- For how many days landed files are kept.
SELECT keep_days FROM core.retention WHERE place = 'data/landing';
