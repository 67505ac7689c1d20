CREATE TABLE operators (
  operator_id  TEXT    PRIMARY KEY,
  name         TEXT    NOT NULL,
  address      TEXT    NOT NULL DEFAULT '',
  contact      TEXT    NOT NULL DEFAULT '',
  licence      TEXT    NOT NULL DEFAULT '',
  added_utc_ms INTEGER NOT NULL
);

CREATE TABLE cabinets (
  cabinet_id          TEXT    PRIMARY KEY,
  life                TEXT    NOT NULL CHECK (life IN ('Registered', 'Active', 'ClosedUntil', 'Retired')),
  closed_until_utc_ms INTEGER NULL CHECK ((closed_until_utc_ms IS NOT NULL) = (life = 'ClosedUntil')),
  registered_utc_ms   INTEGER NOT NULL,
  changed_utc_ms      INTEGER NOT NULL
);

-- One open assignment per cabinet; earlier ones are only ever ended, never rewritten.
CREATE TABLE assignments (
  assignment_id INTEGER PRIMARY KEY AUTOINCREMENT,
  cabinet_id    TEXT    NOT NULL REFERENCES cabinets (cabinet_id),
  operator_id   TEXT    NOT NULL REFERENCES operators (operator_id),
  county_code   TEXT    NOT NULL,
  site_name     TEXT    NOT NULL,
  site_kind     TEXT    NOT NULL,
  from_utc_ms   INTEGER NOT NULL,
  to_utc_ms     INTEGER NULL CHECK (to_utc_ms > from_utc_ms)
);
CREATE INDEX assignments_cabinet ON assignments (cabinet_id, from_utc_ms);
CREATE UNIQUE INDEX assignments_open ON assignments (cabinet_id) WHERE to_utc_ms IS NULL;
CREATE TRIGGER assignments_never_rewritten BEFORE UPDATE ON assignments
WHEN OLD.to_utc_ms IS NOT NULL OR NEW.assignment_id <> OLD.assignment_id OR NEW.cabinet_id <> OLD.cabinet_id
  OR NEW.operator_id <> OLD.operator_id OR NEW.county_code <> OLD.county_code OR NEW.site_name <> OLD.site_name
  OR NEW.site_kind <> OLD.site_kind OR NEW.from_utc_ms <> OLD.from_utc_ms
BEGIN SELECT RAISE(ABORT, 'an assignment is only ever ended'); END;

CREATE TABLE cabinet_keys (
  cabinet_id  TEXT    NOT NULL REFERENCES cabinets (cabinet_id),
  key_id      TEXT    NOT NULL,
  spki        BLOB    NOT NULL UNIQUE,
  from_utc_ms INTEGER NOT NULL,
  PRIMARY KEY (cabinet_id, key_id)
) WITHOUT ROWID;
