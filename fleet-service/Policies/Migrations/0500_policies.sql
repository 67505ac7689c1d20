-- Policies that people made beside those of the data set. Both tables only grow: a version's terms never change, and
-- what is decided later about its end is a row of its own. The number of their rows is the revision of the book.
CREATE TABLE policy_versions (
  policy_id    TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  terms        TEXT    NOT NULL, -- JSON in the shape of the data set
  made_utc_ms  INTEGER NOT NULL,
  made_by      TEXT    NOT NULL,
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

CREATE TRIGGER policy_versions_never_rewritten BEFORE UPDATE ON policy_versions
BEGIN SELECT RAISE(ABORT, 'the terms of a policy version never change'); END;
CREATE TRIGGER policy_ends_never_rewritten BEFORE UPDATE ON policy_ends
BEGIN SELECT RAISE(ABORT, 'an end that was decided stays on record'); END;
