-- Where each cabinet stands on the ladder, and the config that it is to work by.
CREATE TABLE enforcement_states (
  cabinet_id       TEXT    PRIMARY KEY,
  operator_id      TEXT    NOT NULL,  -- the next operator inherits nothing
  count_from_utc_ms INTEGER NOT NULL, -- since when that one has the cabinet; 0 from its first assignment on
  rung             TEXT    NOT NULL CHECK (rung IN ('Observing', 'Warned', 'Announced', 'Restricted')),
  since_utc_ms     INTEGER NOT NULL,
  breach_days      INTEGER NOT NULL,
  last_breach_day  INTEGER NULL,      -- yyyymmdd
  acts_from_utc_ms INTEGER NULL CHECK ((acts_from_utc_ms IS NULL) = (rung IN ('Observing', 'Warned'))),
  wanted_version   TEXT    NOT NULL,  -- '' before the first config
  frame            TEXT    NOT NULL,  -- everything of the wanted config but its figures, as one digest
  sent_utc_ms      INTEGER NULL,      -- null until the broker has it
  credit_fen       INTEGER NULL,      -- a member's allowance in a group that is judged together
  credit_window    INTEGER NULL,      -- … in the window that begins on this day, yyyymmdd
  credit_day       INTEGER NULL       -- … as split on this day
) STRICT, WITHOUT ROWID;
CREATE INDEX enforcement_unsent ON enforcement_states (cabinet_id) WHERE sent_utc_ms IS NULL AND wanted_version <> '';

-- Every change of a rung: who, when, why. Append-only.
CREATE TABLE enforcement_history (
  history_id INTEGER PRIMARY KEY,
  cabinet_id TEXT    NOT NULL,
  at_utc_ms  INTEGER NOT NULL,
  from_rung  TEXT    NOT NULL,
  to_rung    TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  actor      TEXT    NOT NULL,
  evidence   TEXT    NOT NULL -- JSON: window, amounts, policy
) STRICT;
CREATE INDEX enforcement_history_of ON enforcement_history (cabinet_id, history_id);

-- The newest configs of each cabinet as they were sent, byte by byte, back to the one that it may still work by.
CREATE TABLE enforcement_configs (
  config_id      INTEGER PRIMARY KEY,
  cabinet_id     TEXT    NOT NULL,
  version        TEXT    NOT NULL,
  reason         TEXT    NOT NULL, -- why it replaced the one before
  planned_utc_ms INTEGER NOT NULL,
  blocks         INTEGER NOT NULL CHECK (blocks IN (0, 1)), -- it blocks a SKU for quality at some time
  payload        BLOB    NOT NULL
) STRICT;
CREATE INDEX enforcement_configs_of ON enforcement_configs (cabinet_id, config_id);
CREATE INDEX enforcement_configs_blocking ON enforcement_configs (cabinet_id) WHERE blocks = 1;

-- What the cabinet's hellos said of each of them.
CREATE TABLE enforcement_answers (
  config_id       INTEGER PRIMARY KEY,
  cabinet_id      TEXT    NOT NULL,
  passed_utc_ms   INTEGER NULL, -- first heard while it was wanted and sent, and reporting another one
  binds_utc_ms    INTEGER NULL, -- first heard reporting it, or passing over it for too long
  reported_utc_ms INTEGER NULL  -- last heard reporting it
) STRICT;
CREATE INDEX enforcement_answers_of ON enforcement_answers (cabinet_id, config_id);

-- Cabinets and operators that somebody exempted for a time.
CREATE TABLE enforcement_exemptions (
  exemption_id  INTEGER PRIMARY KEY,
  scope         TEXT    NOT NULL CHECK (scope IN ('cabinet', 'operator')),
  subject       TEXT    NOT NULL,
  reason        TEXT    NOT NULL,
  author        TEXT    NOT NULL,
  from_utc_ms   INTEGER NOT NULL,
  until_utc_ms  INTEGER NOT NULL CHECK (until_utc_ms > from_utc_ms),
  ended_utc_ms  INTEGER NULL,
  ended_by      TEXT    NULL
) STRICT;

-- SKUs that everybody needs: their vends always pass, although they count.
CREATE TABLE essential_skus (
  essential_id  INTEGER PRIMARY KEY,
  county_code   TEXT    NOT NULL, -- '' for the whole city
  operator_id   TEXT    NOT NULL, -- '' for every operator
  sku           TEXT    NOT NULL,
  reason        TEXT    NOT NULL,
  author        TEXT    NOT NULL,
  from_utc_ms   INTEGER NOT NULL,
  until_utc_ms  INTEGER NULL CHECK (until_utc_ms > from_utc_ms),
  ended_utc_ms  INTEGER NULL,
  ended_by      TEXT    NULL
) STRICT;
