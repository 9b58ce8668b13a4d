-- One row a company of core.company: `$companies` legal persons, and six in a hundred more that are natural persons. Every
-- draw is a hash of the company's number, so that the same number is the same company in a world of any size. The drawn_*
-- tables (lent) say for each country and slot what may be drawn; a slot is as likely as any other.
CREATE OR REPLACE TEMP MACRO draw(n, what, many) AS (hash(n, what) % many::UBIGINT)::BIGINT;

INSERT INTO core.company BY NAME
WITH numbered AS (
    SELECT
        n, n >= $companies AS is_natural_person,
        -- Britain and Sweden have the most, as their registers do
        (CASE WHEN draw < 16 THEN 'NO' WHEN draw < 40 THEN 'SE' WHEN draw < 54 THEN 'DK' WHEN draw < 68 THEN 'FI' ELSE 'GB' END) AS country_code
    FROM (SELECT n, draw(n, 'country', 100) AS draw FROM range($companies + $companies * 6 // 100) AS numbers (n))
),
drawn AS (
    SELECT
        n, country_code, is_natural_person,
        draw(n, 'place', 1000) AS place_slot, draw(n, 'trade', 1000) AS trade_slot, draw(n, 'second', 20000) AS second_slot,
        draw(n, 'form', 1000) AS form_slot, draw(n, 'frame', 1000) AS frame_slot, draw(n, 'extra', 1000) AS extra_slot,
        draw(n, 'stem', $stems) AS stem_slot, draw(n, 'other', $stems) AS other_slot, draw(n, 'ending', 200) AS ending_slot,
        draw(n, 'size', 100000) / 100000 AS size_draw, draw(n, 'growth', 100000) / 100000 AS growth_draw,
        draw(n, 'age', 100000) / 100000 AS age_draw, draw(n, 'status', 1000) AS status_draw, draw(n, 'site', 100) AS site_draw,
        draw(n, 'crm', 1000) AS crm_draw, draw(n, 'name', 100) AS name_draw, draw(n, 'text', 100) AS text_draw,
        draw(n, 'money', 100) AS money_draw, draw(n, 'event', 1000) AS event_draw, draw(n, 'parent', 1000) AS parent_draw
    FROM numbered
),
dressed AS (
    SELECT
        drawn.*, form.code AS form, place.* EXCLUDE (country_code, slot), trade.code AS trade, trade.words, second.code AS second_trade,
        stem.word AS stem, other.word AS other_stem, ending.word AS ending, frame.text AS frame, extra.text AS extra,
        trade.words[1 + draw(n, 'a', len(trade.words))] AS word_a, trade.words[1 + draw(n, 'b', len(trade.words))] AS word_b,
        second.words[1 + draw(n, 'c', len(second.words))] AS word_c
    FROM drawn
    JOIN drawn_form AS form ON form.country_code = drawn.country_code AND form.slot = form_slot
    JOIN drawn_place AS place ON place.country_code = drawn.country_code AND place.slot = place_slot
    JOIN drawn_trade AS trade ON trade.country_code = drawn.country_code AND trade.slot = trade_slot
    JOIN drawn_trade AS second ON second.country_code = drawn.country_code AND second.slot = second_slot % 1000
    JOIN drawn_stem AS stem ON stem.slot = stem_slot
    JOIN drawn_stem AS other ON other.slot = other_slot
    JOIN drawn_ending AS ending ON ending.slot = ending_slot
    JOIN drawn_frame AS frame ON frame.country_code = drawn.country_code AND frame.slot = frame_slot
    JOIN drawn_extra AS extra ON extra.country_code = drawn.country_code AND extra.slot = extra_slot
),
sized AS (
    SELECT
        *,
        -- people employed: few have any, and each tenth of those ten times as many
        CASE WHEN size_draw < 0.55 THEN 0 ELSE floor(pow(10, pow((size_draw - 0.55) / 0.45, 2.2) * 3.3))::BIGINT END AS people,
        DATE '2026-11-15' - (1 + pow(age_draw, 1.8) * 16000)::INTEGER AS founded_date,
        CASE WHEN money_draw < 55 THEN DATE '2024-12-31' WHEN money_draw < 85 THEN DATE '2023-12-31' ELSE DATE '2025-12-31' END AS revenue_date
    FROM dressed
),
coded AS (
    SELECT
        *,
        md5('company ' || n)::UUID AS company_id,
        CASE country_code WHEN 'NO' THEN 'no_brreg' WHEN 'SE' THEN 'se_scb' WHEN 'DK' THEN 'dk_cvr' WHEN 'FI' THEN 'fi_prh' ELSE 'gb_coh' END AS source,
        CASE country_code WHEN 'NO' THEN 'SN2007' WHEN 'SE' THEN 'SNI2007' WHEN 'DK' THEN 'DB07' WHEN 'FI' THEN 'TOL2008' ELSE 'UKSIC2007' END AS industry_scheme,
        CASE
            WHEN country_code = 'NO' THEN trade || '0'
            WHEN country_code = 'DK' THEN replace(trade, '.', '') || '00'
            ELSE replace(trade, '.', '') || '0'
        END AS trade_code,
        CASE country_code WHEN 'NO' THEN second_trade || '0' WHEN 'DK' THEN replace(second_trade, '.', '') || '00' ELSE replace(second_trade, '.', '') || '0' END AS second_code,
        trade_slot >= 60 AS has_trade, second_slot < 1000 AND second_trade <> trade AS has_second,
        -- what each register says of the number of people
        CASE
            WHEN country_code = 'NO' AND people BETWEEN 1 AND 4 THEN [1, 4]
            WHEN country_code = 'NO' THEN [people, people]
            WHEN country_code = 'GB' AND growth_draw < 0.75 THEN [NULL, NULL]
            WHEN country_code = 'FI' AND people > 0 AND growth_draw < 0.8 THEN [2, NULL]
            WHEN country_code = 'FI' AND growth_draw < 0.5 THEN [NULL, NULL]
            WHEN country_code IN ('FI', 'GB') THEN [people, people]
            WHEN people = 0 THEN [0, 0]
            WHEN people < 5 THEN [1, 4]
            WHEN people < 10 THEN [5, 9]
            WHEN people < 20 THEN [10, 19]
            WHEN people < 50 THEN [20, 49]
            WHEN people < 100 THEN [50, 99]
            WHEN people < 200 THEN [100, 199]
            WHEN people < 500 THEN [200, 499]
            ELSE [500, 999]
        END AS employees,
        CASE
            WHEN country_code = 'NO' THEN money_draw < 45
            WHEN country_code = 'DK' THEN money_draw < 15
            ELSE money_draw < 8
        END AS has_revenue,
        CASE country_code WHEN 'NO' THEN 'NOK' WHEN 'SE' THEN 'SEK' WHEN 'DK' THEN 'DKK' WHEN 'FI' THEN 'EUR' ELSE 'GBP' END AS currency,
        lower(strip_accents(stem)) || CASE country_code WHEN 'NO' THEN '.no' WHEN 'SE' THEN '.se' WHEN 'DK' THEN '.dk' WHEN 'FI' THEN '.fi' ELSE '.co.uk' END AS site,
        site_draw < CASE country_code WHEN 'NO' THEN 16 WHEN 'FI' THEN 22 ELSE 7 END AS has_site
    FROM sized
)
SELECT
    company_id, country_code || ':' || (100000000 + n) AS id_label, coded.country_code, is_natural_person,
    CASE
        WHEN is_natural_person THEN stem || ' ' || other_stem
        WHEN name_draw < 30 THEN upper(stem) || ' ' || form
        WHEN name_draw < 55 THEN upper(stem || ' ' || other_stem) || ' ' || form
        WHEN name_draw < 80 THEN upper(stem || ' ' || ending) || ' ' || form
        ELSE upper(stem || ' ' || replace(word_a, '_', ' ')) || ' ' || form
    END AS name,
    CASE WHEN is_natural_person THEN 'sole_trader' WHEN draw(n, 'kind', 100) < 4 THEN 'branch' WHEN draw(n, 'kind', 100) = 4 THEN 'public_body' ELSE 'legal_entity' END AS entity_kind,
    coded.country_code || '-NUMBER' AS registration_scheme, (100000000 + n)::VARCHAR AS registration_number,
    form AS legal_form_code, coded.country_code || '-LEGAL-FORM' AS legal_form_scheme,
    CASE
        WHEN status_draw < CASE country_code WHEN 'DK' THEN 240 WHEN 'FI' THEN 180 ELSE 40 END THEN 'dissolved'
        WHEN status_draw > 985 THEN 'bankrupt'
        WHEN status_draw > 965 THEN 'winding_up'
        ELSE 'active'
    END AS status,
    CASE WHEN has_trade THEN trade_code END AS industry_code, CASE WHEN has_trade THEN industry_scheme END AS industry_scheme,
    CASE WHEN has_trade THEN replace(words[1], '_', ' ') END AS industry_title,
    CASE
        WHEN has_trade AND has_second THEN [{'code': trade_code, 'scheme': industry_scheme, 'rank': 1}, {'code': second_code, 'scheme': industry_scheme, 'rank': 2}]
        WHEN has_trade THEN [{'code': trade_code, 'scheme': industry_scheme, 'rank': 1}]
    END AS industries,
    employees[1] AS employees_low, employees[2] AS employees_high,
    CASE WHEN country_code = 'NO' AND people BETWEEN 1 AND 4 THEN 'withheld' WHEN employees[1] = 0 THEN 'none_registered' WHEN employees[1] = employees[2] THEN 'exact' WHEN employees[1] IS NULL THEN 'not_supplied' ELSE 'band' END AS employees_state,
    CASE WHEN has_site THEN 'www.' || site END AS website, CASE WHEN has_site THEN site END AS domain,
    stem || ' ' || (1 + draw(n, 'street', 120)) AS street,
    CASE
        WHEN country_code = 'GB' THEN left(city, 2) || postal_code || ' ' || (1 + draw(n, 'door', 9)) || chr((65 + draw(n, 'letter', 26))::INTEGER) || 'A'
        ELSE lpad((postal_code + draw(n, 'post', span))::VARCHAR, CASE WHEN country_code IN ('NO', 'DK') THEN 4 ELSE 5 END, '0')
    END AS postal_code,
    city, municipality_code, municipality_name, region_code,
    CASE WHEN country_code IN ('SE', 'DK', 'FI') THEN country_code || '-' || region_code END AS place_region,
    CASE WHEN country_code IN ('SE', 'DK', 'FI') THEN country_code || '-' || municipality_code END AS place_municipality,
    CASE WHEN age_draw < 0.98 THEN founded_date END AS founded_date, founded_date + 20 AS registered_date,
    CASE WHEN text_draw < CASE country_code WHEN 'GB' THEN 45 WHEN 'FI' THEN 60 ELSE 88 END THEN
        replace(
            replace(replace(replace(replace(frame, '{a}', word_a), '{b}', word_b), '{c}', word_c), '{place}', city)
            || CASE WHEN extra IS NOT NULL THEN ' ' || extra ELSE '' END || CASE WHEN name_draw % 3 = 0 THEN ' ' || other_stem || '.' ELSE '' END,
            '_', ' '
        )
    END AS purpose,
    CASE WHEN country_code IN ('NO', 'DK') AND text_draw % 4 = 0 THEN replace(word_b || ', ' || word_c, '_', ' ') END AS activity,
    CASE country_code WHEN 'NO' THEN CASE WHEN form = 'ORGL' THEN '6500' ELSE '2100' END END AS sector_code,
    CASE WHEN country_code = 'DK' THEN draw(n, 'protected', 100) < 18 END AS is_marketing_protected,
    CASE WHEN parent_draw < 40 THEN md5('company ' || (draw(n, 'top', $companies)))::UUID END AS parent_company_id,
    CASE WHEN parent_draw < 40 THEN md5('company ' || (draw(n, 'top', $companies)))::UUID ELSE company_id END AS top_company_id,
    CASE WHEN parent_draw < 40 THEN true WHEN country_code = 'NO' THEN false END AS is_subsidiary,
    CASE WHEN has_site AND draw(n, 'trace', 4) = 0 THEN [['wordpress', 'shopify', 'hubspot'][1 + draw(n, 'product', 3)]] END AS technologies,
    crm_draw < 2 AND n % 3 = 0 AS is_customer, crm_draw = 2 AND n % 3 = 0 AS has_open_deal, parent_draw = 7 AS is_customer_group,
    crm_draw < 4 AS is_in_crm, CASE WHEN crm_draw < 4 THEN ['crm ' || n] END AS crm_company_keys,
    CASE WHEN crm_draw < 4 THEN (n % 12)::VARCHAR END AS owner_id,
    CASE WHEN crm_draw < 3 THEN DATE '2026-11-15' - (draw(n, 'contact', 900))::INTEGER END AS last_contacted_date,
    CASE WHEN crm_draw = 5 THEN 'not-a-fit' END AS mark,
    [source] AS sources, source || ':' || n AS anchor_record_id, [source || ':' || n] AS record_ids,
    CASE WHEN has_revenue THEN round(pow(10, 4.5 + 4 * growth_draw))::DECIMAL(28, 2) END AS revenue, CASE WHEN has_revenue THEN coded.currency END AS revenue_currency,
    CASE WHEN has_revenue THEN revenue_date END AS revenue_date,
    CASE WHEN has_revenue THEN round(pow(10, 4.5 + 4 * growth_draw) / coalesce(rate.per_euro::DOUBLE, 1.0), 2)::DECIMAL(28, 2) END AS revenue_eur,
    CASE WHEN has_revenue THEN rate_date END AS revenue_rate_date,
    -- two countries tell of every job ad
    CASE
        WHEN country_code NOT IN ('NO', 'SE') THEN NULL
        WHEN event_draw < 15 THEN [{
            'kind': 'job_ad', 'happened_date': DATE '2026-11-20' - (draw(n, 'ad', 300))::INTEGER, 'title': replace(word_a, '_', ' '),
            'codes': [CASE country_code WHEN 'NO' THEN 'STYRK08:' ELSE 'SSYK2012:' END || ['3322', '2512', '2411', '1212', '9112'][1 + draw(n, 'job', 5)]],
            'position_count': 1, 'source': CASE country_code WHEN 'NO' THEN 'no_nav' ELSE 'se_jobtech' END
        }]
        ELSE []
    END AS signals,
    TIMESTAMPTZ '2026-11-01 00:00:00+00' AS first_known_at, TIMESTAMPTZ '2026-11-20 00:00:00+00' AS last_known_at
FROM coded
LEFT JOIN drawn_rate AS rate ON rate.currency = coded.currency AND rate.asked_date = coded.revenue_date;
