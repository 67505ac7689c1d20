-- Every version of every policy that was ever in the data set or made by people: only what is here is judged by. Both
-- tables only grow: a version's terms never change, and what is decided later about its end is a row of its own. The
-- number of their rows is the revision of the book.
CREATE TABLE policy_versions (
  policy_id    TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  origin       TEXT    NOT NULL CHECK (origin IN ('data-set', 'made')),
  terms        TEXT    NOT NULL, -- JSON in the shape of the data set
  terms_sha256 BLOB    NOT NULL, -- of terms, in UTF-8
  made_utc_ms  INTEGER NOT NULL, -- when it was made, or when a start of the service first saw it in the data set
  made_by      TEXT    NOT NULL, -- who made it, or the name of the data set
  PRIMARY KEY (policy_id, version)
) STRICT, WITHOUT ROWID;

-- Ends that were decided after the terms were made, of made and of shipped policies. The earliest day holds.
CREATE TABLE policy_ends (
  end_no       INTEGER PRIMARY KEY,
  policy_id    TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  to_day       TEXT    NOT NULL, -- yyyy-mm-dd: the first business day no longer in force
  reason       TEXT    NOT NULL,
  ended_utc_ms INTEGER NOT NULL,
  ended_by     TEXT    NOT NULL
) STRICT;

-- The one city and zone that the whole ledger is of: business days and scopes were fixed by them.
CREATE TABLE policy_ground (
  ground_no          INTEGER PRIMARY KEY CHECK (ground_no = 1),
  data_set           TEXT    NOT NULL,
  city_code          TEXT    NOT NULL,
  utc_offset_minutes INTEGER NOT NULL,
  seen_utc_ms        INTEGER NOT NULL
) STRICT;

CREATE TRIGGER policy_versions_never_rewritten BEFORE UPDATE ON policy_versions
BEGIN SELECT RAISE(ABORT, 'the terms of a policy version never change'); END;
CREATE TRIGGER policy_ends_never_rewritten BEFORE UPDATE ON policy_ends
BEGIN SELECT RAISE(ABORT, 'an end that was decided stays on record'); END;
