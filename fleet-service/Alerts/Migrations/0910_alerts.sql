-- Alerts. A row is live until its state is 5: one live row for each cabinet, kind and name. Pending rows (1) are causes
-- that have not lasted long enough; they are no alerts yet and leave no trace when the cause goes.
CREATE TABLE alerts (
  alert_id          INTEGER PRIMARY KEY AUTOINCREMENT,
  cabinet_id        TEXT    NOT NULL,
  kind              INTEGER NOT NULL,
  name              TEXT    NOT NULL, -- zone, door or slot; empty where there is one
  state             INTEGER NOT NULL, -- 1 pending, 2 open, 3 acknowledged, 4 closed by a person, cause lasts, 5 closed
  since_utc_ms      INTEGER NOT NULL, -- when the cause began
  value             INTEGER NOT NULL, -- what was found when it opened, in the unit of its kind
  opened_utc_ms     INTEGER,
  acknowledged_utc_ms INTEGER,
  acknowledged_by   TEXT    NOT NULL,
  closed_utc_ms     INTEGER,
  closed_by         TEXT    NOT NULL, -- empty when the cause went
  words             TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX alerts_live ON alerts (cabinet_id, kind, name) WHERE state <> 5;
CREATE INDEX alerts_by_state ON alerts (state, alert_id);

-- What is to be told of alerts, once for each way of telling. Notices that are due go together into one message, whose
-- id and body stay the same however often it is sent.
CREATE TABLE alert_notices (
  notice_id         INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id          INTEGER NOT NULL,
  event             INTEGER NOT NULL, -- 1 opened, 2 closed
  channel           TEXT    NOT NULL,
  at_utc_ms         INTEGER NOT NULL,
  not_before_utc_ms INTEGER NOT NULL, -- the end of the quiet hours, or at
  body              TEXT    NOT NULL,
  message_id        TEXT
) STRICT;
CREATE INDEX alert_notices_waiting ON alert_notices (channel, not_before_utc_ms) WHERE message_id IS NULL;

CREATE TABLE alert_messages (
  message_id   TEXT    PRIMARY KEY,
  channel      TEXT    NOT NULL,
  body         TEXT    NOT NULL,
  made_utc_ms  INTEGER NOT NULL,
  state        INTEGER NOT NULL, -- 1 waiting, 2 sent, 3 dead
  attempts     INTEGER NOT NULL,
  next_utc_ms  INTEGER NOT NULL,
  sent_utc_ms  INTEGER,
  last_error   TEXT    NOT NULL
) STRICT;
CREATE INDEX alert_messages_by_state ON alert_messages (state, next_utc_ms);
