-- The life of a finding, and whom it is about. What was raised before stays open; its operator and county are those of
-- the cabinet's assignment in force.
ALTER TABLE findings ADD COLUMN state TEXT NOT NULL DEFAULT 'Open'
  CHECK (state IN ('Open', 'Acknowledged', 'Explained', 'Closed'));
ALTER TABLE findings ADD COLUMN closed_as TEXT NULL;                   -- how it was closed; null while it is not
ALTER TABLE findings ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;     -- how bad, in a unit of the kind; newest
ALTER TABLE findings ADD COLUMN closed_weight INTEGER NULL;            -- the weight when it was closed
ALTER TABLE findings ADD COLUMN operator_id TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN county_code TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN venue_id TEXT NOT NULL DEFAULT '';     -- a venue that is no cabinet
UPDATE findings SET
  operator_id = coalesce((SELECT a.operator_id FROM assignments a
                          WHERE a.cabinet_id = findings.cabinet_id AND a.to_utc_ms IS NULL), ''),
  county_code = coalesce((SELECT a.county_code FROM assignments a
                          WHERE a.cabinet_id = findings.cabinet_id AND a.to_utc_ms IS NULL), '');
CREATE INDEX findings_not_closed ON findings (kind) WHERE state <> 'Closed';
CREATE INDEX findings_of_cabinet ON findings (cabinet_id);

-- Every step of every finding, with the evidence as it stood then. Append-only.
CREATE TABLE finding_steps (
  step_id    INTEGER PRIMARY KEY,
  finding_id INTEGER NOT NULL REFERENCES findings (finding_id),
  step       TEXT    NOT NULL,
  from_state TEXT    NOT NULL,
  to_state   TEXT    NOT NULL,
  at_utc_ms  INTEGER NOT NULL,
  made_by    TEXT    NOT NULL, -- a person's token, or 'service'
  words      TEXT    NOT NULL,
  evidence   TEXT    NOT NULL
) STRICT;
CREATE INDEX finding_steps_of_finding ON finding_steps (finding_id);
CREATE TRIGGER finding_steps_never_rewritten BEFORE UPDATE ON finding_steps
BEGIN SELECT RAISE(ABORT, 'a step of a finding is never rewritten'); END;
CREATE TRIGGER finding_steps_never_removed BEFORE DELETE ON finding_steps
BEGIN SELECT RAISE(ABORT, 'a step of a finding is never removed'); END;
