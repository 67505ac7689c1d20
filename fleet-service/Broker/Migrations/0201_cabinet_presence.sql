-- Whether each cabinet is connected, by its newest session. For looking, never for judging.
CREATE TABLE cabinet_presence (
  cabinet_id   TEXT    PRIMARY KEY,
  session      INTEGER NOT NULL,
  is_online    INTEGER NOT NULL,
  since_utc_ms INTEGER NOT NULL
) WITHOUT ROWID;
