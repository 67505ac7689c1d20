-- How far the time-series writer has read the ledger, and of which generation.
CREATE TABLE series_cursor (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  generation TEXT    NOT NULL,
  position   INTEGER NOT NULL
);

-- Points that the time-series server refused for good, with its own words.
CREATE TABLE series_dead_letters (
  dead_letter_id INTEGER PRIMARY KEY AUTOINCREMENT,
  generation     TEXT    NOT NULL,
  position       INTEGER NOT NULL,
  line           TEXT    NOT NULL,
  status         INTEGER NOT NULL,
  words          TEXT    NOT NULL,
  at_utc_ms      INTEGER NOT NULL,
  UNIQUE (generation, position)
);
