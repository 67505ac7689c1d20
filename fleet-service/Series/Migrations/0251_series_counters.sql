-- What the counters of the time series say, by lane: a lane's points never go back in time. Moves with the cursor.
CREATE TABLE series_counters (
  generation  TEXT    NOT NULL,
  cabinet_id  TEXT    NOT NULL,
  operator_id TEXT    NOT NULL,
  county_code TEXT    NOT NULL,
  is_refund   INTEGER NOT NULL,
  class       INTEGER NOT NULL,
  lane        INTEGER NOT NULL,
  last_utc_ms INTEGER NOT NULL,
  fen         INTEGER NOT NULL,
  entries     INTEGER NOT NULL,
  PRIMARY KEY (generation, cabinet_id, operator_id, county_code, is_refund, class, lane)
) STRICT, WITHOUT ROWID;

-- Lines that are to be sent: written down with the cursor before the server sees them, so that whatever is sent again is
-- the same.
CREATE TABLE series_outbox (
  line_no  INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  line     TEXT    NOT NULL
) STRICT;

-- Points of single sales are counters now: all of it is written again.
DELETE FROM series_cursor;
DROP TABLE series_dead_letters;
CREATE TABLE series_dead_letters (
  dead_letter_id INTEGER PRIMARY KEY AUTOINCREMENT,
  generation     TEXT    NOT NULL,
  position       INTEGER NOT NULL,
  line           TEXT    NOT NULL,
  status         INTEGER NOT NULL,
  words          TEXT    NOT NULL,
  at_utc_ms      INTEGER NOT NULL,
  UNIQUE (generation, line)
) STRICT;
