-- Findings: what is wrong with a cabinet or journal, with its evidence. One row per kind and subject while it is open.
CREATE TABLE findings (
  finding_id    INTEGER PRIMARY KEY,
  kind          TEXT    NOT NULL,
  cabinet_id    TEXT    NOT NULL,
  subject       TEXT    NOT NULL, -- what exactly, e.g. a journal and its numbers; the same subject is one finding
  evidence      TEXT    NOT NULL, -- JSON
  opened_utc_ms INTEGER NOT NULL,
  last_utc_ms   INTEGER NOT NULL,
  times         INTEGER NOT NULL,
  UNIQUE (kind, cabinet_id, subject)
) STRICT;
