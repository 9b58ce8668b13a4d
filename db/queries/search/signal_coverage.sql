-- One row a source of events: between which days everything that it tells is known.
SELECT kind, country_code, source, covered_from, covered_until FROM mart.signal_coverage ORDER BY ALL;
