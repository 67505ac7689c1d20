-- Editions: sealed reports on a window's standings. Append-only; a later change of figures is a later edition.
CREATE TABLE editions (
  edition_id     INTEGER PRIMARY KEY,
  window_name    TEXT    NOT NULL,
  from_day       TEXT    NOT NULL, -- yyyy-mm-dd
  to_day         TEXT    NOT NULL, -- yyyy-mm-dd, first day after it
  number         INTEGER NOT NULL, -- 1, 2, … within the window
  provisional    INTEGER NOT NULL, -- 1 when late data was still expected
  made_utc_ms    INTEGER NOT NULL,
  made_by        TEXT    NOT NULL,
  content_sha256 TEXT    NOT NULL,
  figures_sha256 TEXT    NOT NULL, -- of the content's figures alone
  seal           BLOB    NOT NULL, -- canonical JSON that names all of this, and the seal before it
  seal_sha256    TEXT    NOT NULL,
  content        BLOB    NOT NULL, -- Brotli of the canonical JSON
  changes        TEXT    NULL,     -- JSON: figures that differ from the edition before; null when none do
  UNIQUE (window_name, from_day, to_day, number)
) STRICT;
CREATE TRIGGER editions_never_rewritten BEFORE UPDATE ON editions
BEGIN SELECT RAISE(ABORT, 'an edition is sealed'); END;
CREATE TRIGGER editions_never_removed BEFORE DELETE ON editions
BEGIN SELECT RAISE(ABORT, 'an edition is sealed'); END;

-- Business days whose figures changed, by the number of the look at the ledger that saw it last. What was looked at is
-- kept in the one row of edition_marks.
CREATE TABLE edition_days (
  business_day INTEGER PRIMARY KEY, -- yyyymmdd
  look         INTEGER NOT NULL
) STRICT;
CREATE TABLE edition_marks (
  mark          INTEGER PRIMARY KEY CHECK (mark = 1),
  look          INTEGER NOT NULL,
  position      INTEGER NOT NULL, -- entries up to here were looked at
  correction_id INTEGER NOT NULL  -- corrections up to here
) STRICT;
INSERT INTO edition_marks VALUES (1, 0, 0, 0);

-- The look at which a window's figures were last compared with its newest edition.
CREATE TABLE edition_checks (
  window_name TEXT    NOT NULL,
  from_day    TEXT    NOT NULL,
  to_day      TEXT    NOT NULL,
  look        INTEGER NOT NULL,
  PRIMARY KEY (window_name, from_day, to_day)
) STRICT, WITHOUT ROWID;
