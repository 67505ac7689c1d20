-- The last runs of the assessment: what each counted and what failed. What was found is in the findings.
CREATE TABLE assessments (
  assessment_id       INTEGER PRIMARY KEY AUTOINCREMENT,
  started_utc_ms      INTEGER NOT NULL,
  ended_utc_ms        INTEGER NOT NULL,
  asked_by            TEXT    NOT NULL, -- a person's token, or 'service' for the loop
  kinds               TEXT    NOT NULL, -- JSON: counts per kind
  failures            TEXT    NOT NULL, -- JSON: checks that failed
  configs_changed     INTEGER NULL,     -- null while enforcement did not plan
  enforcement_failure TEXT    NULL
) STRICT;
