-- The newest kept message of each down topic, for a cabinet that subscribes later (embedded broker).
CREATE TABLE retained_messages (
  topic       TEXT    PRIMARY KEY,
  payload     BYTEA   NOT NULL,
  kept_utc_ms BIGINT  NOT NULL
);
