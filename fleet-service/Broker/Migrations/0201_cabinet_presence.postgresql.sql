-- Whether each cabinet is connected, by its newest session. For looking, never for judging.
CREATE TABLE cabinet_presence (
  cabinet_id   TEXT    PRIMARY KEY,
  session      BIGINT  NOT NULL,
  is_online    BIGINT  NOT NULL,
  since_utc_ms BIGINT  NOT NULL
);
