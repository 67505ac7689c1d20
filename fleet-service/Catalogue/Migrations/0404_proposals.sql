-- Mappings that an operator proposes and a county decides. Append-only but for the one decision.
CREATE TABLE mapping_proposals (
  proposal_id       INTEGER PRIMARY KEY,
  operator_id       TEXT    NOT NULL,
  sku               TEXT    NOT NULL,
  barcode           TEXT    NULL,    -- mapped beside the SKU when the pack shows one
  product_id        TEXT    NOT NULL REFERENCES products (product_id),
  county_code       TEXT    NOT NULL, -- whose office decides
  from_utc_ms       INTEGER NOT NULL,
  to_utc_ms         INTEGER NULL CHECK (to_utc_ms > from_utc_ms),
  replaces          INTEGER NOT NULL, -- 1: the operator's mapping in force then ends where this one begins
  reason            TEXT    NOT NULL, -- required when sales of the past are judged anew by it; else may be empty
  proposed_by       TEXT    NOT NULL,
  proposed_utc_ms   INTEGER NOT NULL,
  state             TEXT    NOT NULL CHECK (state IN ('Proposed', 'Approved', 'Rejected', 'Withdrawn')),
  decided_by        TEXT    NULL,
  decided_utc_ms    INTEGER NULL,
  decision_reason   TEXT    NULL,
  catalogue_version INTEGER NULL REFERENCES catalogue_versions (version),
  CHECK ((state = 'Proposed') = (decided_by IS NULL)),
  CHECK (state <> 'Approved' OR decided_by <> proposed_by)
) STRICT;
CREATE INDEX mapping_proposals_by_state ON mapping_proposals (state, county_code);
CREATE TRIGGER mapping_proposals_are_kept BEFORE UPDATE ON mapping_proposals WHEN OLD.state <> 'Proposed'
BEGIN SELECT RAISE(ABORT, 'a decided proposal is never rewritten'); END;

-- Corrections of listings and mappings with effect in the past: proposed by one person with a reason, decided by
-- another. Append-only but for the one decision.
CREATE TABLE catalogue_corrections (
  correction_id     INTEGER PRIMARY KEY,
  subject           TEXT    NOT NULL CHECK (subject IN ('Listing', 'Mapping')),
  product_id        TEXT    NOT NULL,
  owner             TEXT    NOT NULL, -- recogniser of a listing; operator of a mapping, '' for any
  sku               TEXT    NOT NULL, -- '' for a listing
  present_from_utc_ms INTEGER NULL,   -- beginning of the span that is corrected; null for a new one
  from_utc_ms       INTEGER NULL,     -- the span as it should be; null when it is taken away
  to_utc_ms         INTEGER NULL CHECK (to_utc_ms > from_utc_ms),
  reason            TEXT    NOT NULL CHECK (reason <> ''),
  proposed_by       TEXT    NOT NULL,
  proposed_utc_ms   INTEGER NOT NULL,
  state             TEXT    NOT NULL CHECK (state IN ('Proposed', 'Approved', 'Rejected', 'Withdrawn')),
  decided_by        TEXT    NULL,
  decided_utc_ms    INTEGER NULL,
  decision_reason   TEXT    NULL,
  catalogue_version INTEGER NULL REFERENCES catalogue_versions (version),
  CHECK ((state = 'Proposed') = (decided_by IS NULL)),
  CHECK (state <> 'Approved' OR decided_by <> proposed_by),
  CHECK (present_from_utc_ms IS NOT NULL OR from_utc_ms IS NOT NULL)
) STRICT;
CREATE INDEX catalogue_corrections_by_state ON catalogue_corrections (state);
CREATE TRIGGER catalogue_corrections_are_kept BEFORE UPDATE ON catalogue_corrections WHEN OLD.state <> 'Proposed'
BEGIN SELECT RAISE(ABORT, 'a decided correction is never rewritten'); END;
