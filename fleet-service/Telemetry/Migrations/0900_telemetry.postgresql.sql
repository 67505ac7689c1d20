-- When each cabinet's telemetry last arrived, and how far its clock was off then (positive: behind the service's).
CREATE TABLE telemetry_cabinets (
  cabinet_id      TEXT    PRIMARY KEY,
  received_utc_ms BIGINT  NOT NULL,
  clock_offset_ms BIGINT  NOT NULL
);

-- The newest of everything that a cabinet told, each by the moment at which it was measured. What number, extra and
-- words mean is said by StoredReading.
CREATE TABLE telemetry_states (
  cabinet_id      TEXT    NOT NULL,
  kind            BIGINT  NOT NULL,
  name            TEXT    NOT NULL,
  measured_utc_ms BIGINT  NOT NULL,
  received_utc_ms BIGINT  NOT NULL,
  number          BIGINT  NOT NULL,
  extra           BIGINT,
  words           TEXT    NOT NULL,
  PRIMARY KEY (cabinet_id, kind, name)
);

-- What an hour looked like. Hours count from 1970 in UTC. Minutes is a bit for each minute of which something is known,
-- total the sum of one value of each of these; spans are seconds of the hour, merged.
CREATE TABLE telemetry_hours (
  cabinet_id TEXT    NOT NULL,
  hour       BIGINT  NOT NULL,
  measure    BIGINT  NOT NULL,
  name       TEXT    NOT NULL,
  minutes    BIGINT  NOT NULL,
  least      BIGINT  NOT NULL,
  most       BIGINT  NOT NULL,
  total      BIGINT  NOT NULL,
  spans      BYTEA   NOT NULL,
  PRIMARY KEY (cabinet_id, hour, measure, name)
);
CREATE INDEX telemetry_hours_by_hour ON telemetry_hours (hour);
