-- Places of sale that are no cabinets.
CREATE TABLE venues (
  venue_id          TEXT    PRIMARY KEY,
  kind              TEXT    NOT NULL, -- of the data set
  presence          TEXT    NOT NULL CHECK (presence IN ('Online', 'Offline')),
  place_code        TEXT    NOT NULL, -- the city or one of its counties
  name              TEXT    NOT NULL,
  address           TEXT    NOT NULL,
  url               TEXT    NOT NULL,
  registered_utc_ms BIGINT  NOT NULL
);
CREATE INDEX venues_of_place ON venues (place_code, kind);

-- A venue's life, step by step; append-only. The last step that has begun on a day is its state on that day.
CREATE TABLE venue_life (
  venue_id     TEXT    NOT NULL REFERENCES venues (venue_id),
  step         BIGINT  NOT NULL, -- from 1
  life         TEXT    NOT NULL CHECK (life IN ('Planned', 'Open', 'Paused', 'Closed')),
  from_day     BIGINT  NOT NULL, -- yyyymmdd, first day of the state
  recorded_day BIGINT  NOT NULL, -- the day on which it was told
  evidence     TEXT    NOT NULL, -- of a step that was told after its first day
  made_utc_ms  BIGINT  NOT NULL,
  made_by      TEXT    NOT NULL,
  CHECK (evidence <> '' OR recorded_day <= from_day),
  PRIMARY KEY (venue_id, step)
);
CREATE TRIGGER venue_life_never_changes BEFORE UPDATE ON venue_life FOR EACH ROW
EXECUTE FUNCTION refuse_change('venue_life is append-only');
CREATE TRIGGER venue_life_never_forgets BEFORE DELETE ON venue_life FOR EACH ROW
EXECUTE FUNCTION refuse_change('venue_life is append-only');

-- Who runs a venue from a day on, until the next; append-only: figures of earlier days stay with who ran it then.
CREATE TABLE venue_operators (
  venue_id     TEXT    NOT NULL REFERENCES venues (venue_id),
  step         BIGINT  NOT NULL, -- from 1
  operator_id  TEXT    NOT NULL,
  from_day     BIGINT  NOT NULL, -- yyyymmdd
  recorded_day BIGINT  NOT NULL, -- the day on which it was told
  reason       TEXT    NOT NULL,
  evidence     TEXT    NOT NULL,
  made_utc_ms  BIGINT  NOT NULL,
  made_by      TEXT    NOT NULL,
  PRIMARY KEY (venue_id, step),
  CHECK (step = 1 OR recorded_day <= from_day OR (reason <> '' AND evidence <> ''))
);
CREATE TRIGGER venue_operators_never_change BEFORE UPDATE ON venue_operators FOR EACH ROW
EXECUTE FUNCTION refuse_change('venue_operators is append-only');
CREATE TRIGGER venue_operators_never_forget BEFORE DELETE ON venue_operators FOR EACH ROW
EXECUTE FUNCTION refuse_change('venue_operators is append-only');
