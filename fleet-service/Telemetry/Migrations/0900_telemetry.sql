-- When each cabinet's telemetry last arrived, and how far its clock was off then (positive: behind the service's).
CREATE TABLE telemetry_cabinets (
  cabinet_id      TEXT    PRIMARY KEY,
  received_utc_ms INTEGER NOT NULL,
  clock_offset_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest of everything that a cabinet told, each by the moment at which it was measured. What number, extra and
-- words mean is said by StoredReading.
CREATE TABLE telemetry_states (
  cabinet_id      TEXT    NOT NULL,
  kind            INTEGER NOT NULL,
  name            TEXT    NOT NULL,
  measured_utc_ms INTEGER NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  number          INTEGER NOT NULL,
  extra           INTEGER,
  words           TEXT    NOT NULL,
  PRIMARY KEY (cabinet_id, kind, name)
) STRICT, WITHOUT ROWID;

-- What an hour looked like. Hours count from 1970 in UTC. Minutes is a bit for each minute of which something is known,
-- total the sum of one value of each of these; spans are seconds of the hour, merged.
CREATE TABLE telemetry_hours (
  cabinet_id TEXT    NOT NULL,
  hour       INTEGER NOT NULL,
  measure    INTEGER NOT NULL,
  name       TEXT    NOT NULL,
  minutes    INTEGER NOT NULL,
  least      INTEGER NOT NULL,
  most       INTEGER NOT NULL,
  total      INTEGER NOT NULL,
  spans      BLOB    NOT NULL,
  PRIMARY KEY (cabinet_id, hour, measure, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX telemetry_hours_by_hour ON telemetry_hours (hour);
