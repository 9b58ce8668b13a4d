-- The words of companies, part of the analysts' contract of companies.duckdb; filled by db/words.py.

-- One row a company whose words are kept: how many each of its texts has. Words are those of the name (and other names), the purpose,
-- the activity, the place (city, municipality) and what its own site says of it.
CREATE TABLE mart.text (
    company_number UINTEGER NOT NULL,   -- internal: Number of the company in mart.posting, by company_id; another one in each publication
    company_id UUID NOT NULL,           -- open: Company
    language VARCHAR NOT NULL,          -- internal: Language in which its words were read: nb, sv, da, fi or en, by its country
    name_length USMALLINT NOT NULL,     -- open: Words in its names
    purpose_length USMALLINT NOT NULL,  -- open: Words in its purpose
    activity_length USMALLINT NOT NULL, -- open: Words in its activity
    place_length USMALLINT NOT NULL,    -- open: Words in its city and municipality
    site_length USMALLINT NOT NULL,     -- open: Words in what its own site says of it
    digest UBIGINT NOT NULL             -- internal: Hash of its texts and of how they are read; the same means that its words are
);

-- One row a word, written as companies write it, in small letters.
CREATE TABLE mart.word (
    word_id UINTEGER NOT NULL,          -- internal: Number of the word in mart.term and mart.posting; another one in each publication
    language VARCHAR NOT NULL,          -- internal: Language in which it was read
    word VARCHAR NOT NULL,              -- open: The word
    company_count UINTEGER NOT NULL     -- open: Companies that use it in other texts than their site
);

-- One row a term by which a word is found: its own stem, and for a compound the stems of its parts.
CREATE TABLE mart.term (
    language VARCHAR NOT NULL,          -- internal: Language of the word
    term VARCHAR NOT NULL,              -- open: Stem, in small plain letters
    word_id UINTEGER NOT NULL,          -- internal: Word that is found by it
    is_part BOOLEAN NOT NULL            -- internal: Stem of a part of the word, not of the word itself
);

-- One row a word and company that uses it: how often, by text (255 stands for 255 and more).
CREATE TABLE mart.posting (
    word_id UINTEGER NOT NULL,          -- internal: Word
    company_number UINTEGER NOT NULL,   -- internal: Company, as in mart.text
    name_count UTINYINT NOT NULL,       -- open: How often in its names
    purpose_count UTINYINT NOT NULL,    -- open: How often in its purpose
    activity_count UTINYINT NOT NULL,   -- open: How often in its activity
    place_count UTINYINT NOT NULL,      -- open: How often in its city and municipality
    site_count UTINYINT NOT NULL,       -- open: How often in what its own site says of it
    is_opening BOOLEAN NOT NULL         -- open: It is among the first 15 words of a purpose or activity that has 60 or more
);
