-- One row that the readiness probe writes, to know that the database can be written.
CREATE TABLE readiness (
  id             BIGINT PRIMARY KEY CHECK (id = 1),
  written_utc_ms BIGINT  NOT NULL
);
INSERT INTO readiness (id, written_utc_ms) VALUES (1, 0);
