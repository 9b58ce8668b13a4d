-- Finds the company of each event: the employer named by number, or where that is a sub-unit, the company that it belongs
-- to. A number that leads to none or to several companies leads nowhere: names are not asked. Events of natural persons go.
CREATE OR REPLACE TEMP TABLE signal_employer AS
WITH RECURSIVE named AS (
    SELECT DISTINCT employer_scheme AS scheme, employer_value AS value FROM core.signal WHERE employer_value IS NOT NULL
),
climb AS (
    SELECT named.scheme, named.value, number.record_id, 0 AS steps
    FROM named
    JOIN core.identifier AS number ON number.scheme = named.scheme AND number.value = named.value
    UNION
    SELECT climb.scheme, climb.value, record_link.target_record_id, climb.steps + 1
    FROM climb
    JOIN record_link ON record_link.record_id = climb.record_id
    WHERE record_link.kind = 'establishment_of' AND climb.steps < 5
)
SELECT
    climb.scheme, climb.value, climb.record_id, member.company_id, natural_record.record_id IS NOT NULL AS is_natural_person,
    record_key.entity_kind = 'establishment' AS is_establishment
FROM climb
JOIN core.record_key AS record_key USING (record_id)
JOIN core.company_member AS member USING (record_id)
LEFT JOIN natural_record USING (record_id);

DELETE FROM core.signal
WHERE (employer_scheme, employer_value) IN (SELECT (scheme, value) FROM signal_employer WHERE is_natural_person);

DELETE FROM core.company_signal;

INSERT INTO core.company_signal
WITH employer AS (
    SELECT scheme, value, min(record_id) AS record_id, min(company_id) AS company_id
    FROM signal_employer
    WHERE NOT is_establishment
    GROUP BY scheme, value
    HAVING count(DISTINCT company_id) = 1
)
SELECT signal.signal_id, employer.record_id, employer.company_id
FROM core.signal AS signal
JOIN employer ON employer.scheme = signal.employer_scheme AND employer.value = signal.employer_value
WHERE signal.known_to IS NULL AND signal.content_at IS NOT NULL;

-- by the record an erasure finds the event
UPDATE core.signal AS signal SET record_id = linked.record_id
FROM core.company_signal AS linked
WHERE linked.signal_id = signal.signal_id AND signal.record_id IS DISTINCT FROM linked.record_id;

-- One row a company with events of the last 400 days.
CREATE OR REPLACE TEMP TABLE company_signals AS
SELECT
    linked.company_id,
    list(
        {
            'kind': kind, 'happened_date': happened_date, 'until_date': least(ended_date, expires_date), 'title': title,
            'codes': list_concat(
                list_transform(occupations, lambda one: one.scheme || ':' || one.code),
                list_transform(subjects, lambda one: one.scheme || ':' || one.code)
            ),
            'position_count': position_count, 'source': source
        }
        ORDER BY happened_date DESC, signal.signal_id
    ) AS signals
FROM core.company_signal AS linked
JOIN core.signal AS signal USING (signal_id)
WHERE signal.known_to IS NULL AND signal.happened_date >= current_date - 400
GROUP BY linked.company_id;

-- One row a company whose events are found: all its numbers in a scheme that events name lead to it alone, by country of
-- the scheme. Of natural persons no event is kept.
CREATE OR REPLACE TEMP TABLE company_reached AS
WITH numbered AS (
    SELECT number.scheme, number.value, number.record_id, member.company_id
    FROM core.identifier AS number
    SEMI JOIN (SELECT DISTINCT employer_scheme AS scheme FROM core.signal) AS named ON named.scheme = number.scheme
    JOIN core.record_key AS record_key USING (record_id)
    JOIN core.company_member AS member USING (record_id)
    WHERE record_key.entity_kind <> 'establishment'
),
shared AS (
    SELECT scheme, value FROM numbered GROUP BY ALL HAVING min(company_id) <> max(company_id)
)
SELECT numbered.company_id, list(DISTINCT left(numbered.scheme, 2)) AS countries
FROM numbered
LEFT JOIN shared ON shared.scheme = numbered.scheme AND shared.value = numbered.value
LEFT JOIN natural_record ON natural_record.record_id = numbered.record_id
GROUP BY numbered.company_id
HAVING count(shared.scheme) = 0 AND count(natural_record.record_id) = 0;
