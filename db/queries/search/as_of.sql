-- When the open files were published.
SELECT as_of FROM mart.meta;
