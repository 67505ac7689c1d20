-- The ledger's generation: random, made with the database, renewed on restore. The highest number is in force.
CREATE TABLE ledger_generation (
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  generation  TEXT    NOT NULL UNIQUE,
  made_utc_ms INTEGER NOT NULL,
  reason      TEXT    NOT NULL
);
