-- One row per application of a product for recognition by a county, with the state it reached.
CREATE TABLE recognitions (
  recognition_id     INTEGER PRIMARY KEY,
  product_id         TEXT    NOT NULL REFERENCES products (product_id),
  county_code        TEXT    NOT NULL,
  state              TEXT    NOT NULL CHECK (state IN ('Applied', 'TownshipOpinion', 'CountyReview', 'PublicNotice',
                       'Listed', 'Suspended', 'Rejected', 'Revoked')),
  notice_from        TEXT    NULL, -- first and last day of the public notice, yyyy-mm-dd
  notice_to          TEXT    NULL,
  listed_from_utc_ms INTEGER NULL, -- beginning of its newest listing; null while it has none
  valid_from_utc_ms  INTEGER NULL, -- the validity as it was stated: a suspension ends the listing, not this
  valid_to_utc_ms    INTEGER NULL,
  ground             TEXT    NULL CHECK (ground IN ('Quality', 'Administrative'))
) STRICT;
CREATE INDEX recognitions_of_product ON recognitions (product_id, county_code);
CREATE INDEX recognitions_of_county ON recognitions (county_code, state);

-- Every step with who, when and why. Append-only.
CREATE TABLE recognition_steps (
  step_id        INTEGER PRIMARY KEY,
  recognition_id INTEGER NOT NULL REFERENCES recognitions (recognition_id),
  from_state     TEXT    NULL,
  to_state       TEXT    NOT NULL,
  at_utc_ms      INTEGER NOT NULL,
  actor          TEXT    NOT NULL,
  why            TEXT    NOT NULL,
  detail         TEXT    NOT NULL  -- JSON: what the step stated
) STRICT;
CREATE INDEX recognition_steps_of ON recognition_steps (recognition_id);
CREATE TRIGGER recognition_steps_are_kept BEFORE UPDATE ON recognition_steps
BEGIN SELECT RAISE(ABORT, 'a step of a recognition is never rewritten'); END;
CREATE TRIGGER recognition_steps_stay BEFORE DELETE ON recognition_steps
BEGIN SELECT RAISE(ABORT, 'a step of a recognition is never deleted'); END;

-- Listings that were imported before recognitions were kept stand as listed.
INSERT INTO recognitions (product_id, county_code, state, listed_from_utc_ms, valid_from_utc_ms, valid_to_utc_ms)
SELECT product_id, recognised_by, 'Listed', from_utc_ms, from_utc_ms, to_utc_ms FROM listings;
INSERT INTO recognition_steps (recognition_id, from_state, to_state, at_utc_ms, actor, why, detail)
SELECT r.recognition_id, NULL, 'Listed', v.made_utc_ms, v.made_by, 'imported: ' || v.source, '{}'
FROM recognitions r
JOIN listings l ON l.product_id = r.product_id AND l.recognised_by = r.county_code
  AND l.from_utc_ms = r.listed_from_utc_ms
JOIN catalogue_versions v ON v.version = l.version;

-- Listings whose product may be shown as recognised: one that was suspended or revoked may count on for its grace, and
-- is shown no more.
CREATE VIEW standing_listings AS
SELECT l.product_id, l.recognised_by, l.from_utc_ms, l.to_utc_ms FROM listings l
WHERE NOT EXISTS (SELECT 1 FROM recognitions r
                  WHERE r.product_id = l.product_id AND r.county_code = l.recognised_by
                    AND r.listed_from_utc_ms = l.from_utc_ms AND r.state IN ('Suspended', 'Revoked'));
