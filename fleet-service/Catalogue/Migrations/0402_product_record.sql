-- The record of a product beside its name. Null is "not stated"; evidence and pictures hold one item a line.
ALTER TABLE products ADD COLUMN batch TEXT NULL;
ALTER TABLE products ADD COLUMN supplier TEXT NULL;
ALTER TABLE products ADD COLUMN recognising_county TEXT NULL;
ALTER TABLE products ADD COLUMN value_fen INTEGER NULL CHECK (value_fen >= 0);
ALTER TABLE products ADD COLUMN people_helped INTEGER NULL CHECK (people_helped >= 0);
ALTER TABLE products ADD COLUMN helping TEXT NULL CHECK (helping IN ('Wage', 'Asset', 'Business'));
ALTER TABLE products ADD COLUMN evidence TEXT NULL;
ALTER TABLE products ADD COLUMN pictures TEXT NULL;
ALTER TABLE products ADD COLUMN introduction TEXT NULL;
ALTER TABLE products ADD COLUMN where_to_buy TEXT NULL;

CREATE INDEX listings_of_recogniser ON listings (recognised_by);
CREATE INDEX sku_mappings_of_product ON sku_mappings (product_id);

-- Suspensions for quality: while one is in force the product counts as no aid and must not be vended. suspended_by is
-- the county, or product for a block that depends on no recognition.
CREATE TABLE product_blocks (
  product_id   TEXT    NOT NULL REFERENCES products (product_id),
  suspended_by TEXT    NOT NULL,
  from_utc_ms  INTEGER NOT NULL,
  to_utc_ms    INTEGER NULL CHECK (to_utc_ms > from_utc_ms),
  version      INTEGER NOT NULL REFERENCES catalogue_versions (version),
  PRIMARY KEY (product_id, suspended_by, from_utc_ms)
) STRICT, WITHOUT ROWID;

-- Who blocked and who ended it, when and why. Append-only.
CREATE TABLE product_block_steps (
  step_id      INTEGER PRIMARY KEY,
  product_id   TEXT    NOT NULL,
  suspended_by TEXT    NOT NULL,
  from_utc_ms  INTEGER NOT NULL,
  is_end       INTEGER NOT NULL CHECK (is_end IN (0, 1)),
  at_utc_ms    INTEGER NOT NULL,
  actor        TEXT    NOT NULL,
  why          TEXT    NOT NULL CHECK (why <> ''),
  UNIQUE (product_id, suspended_by, from_utc_ms, is_end),
  FOREIGN KEY (product_id, suspended_by, from_utc_ms)
    REFERENCES product_blocks (product_id, suspended_by, from_utc_ms)
) STRICT;
CREATE TRIGGER product_block_steps_are_kept BEFORE UPDATE ON product_block_steps
BEGIN SELECT RAISE(ABORT, 'a step of a block is never rewritten'); END;
CREATE TRIGGER product_block_steps_stay BEFORE DELETE ON product_block_steps
BEGIN SELECT RAISE(ABORT, 'a step of a block is never deleted'); END;

-- Which listings make an aid product, from a moment of sale on: what the data set said when. Append-only, so that
-- another data set never rewrites what was sold before.
CREATE TABLE catalogue_counting (
  from_utc_ms INTEGER PRIMARY KEY,
  counted     TEXT    NOT NULL,
  city_codes  TEXT    NOT NULL -- JSON: the city's and its counties' codes
) STRICT;
