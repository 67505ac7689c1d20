-- Evidence of refused messages, once per cabinet and message hash; bounded by rows and bytes.
CREATE TABLE refused_messages (
  refused_id    INTEGER PRIMARY KEY,
  cabinet_id    TEXT    NOT NULL, -- by topic
  message_hash  BLOB    NOT NULL,
  lane          TEXT    NOT NULL,
  refusal       TEXT    NOT NULL,
  detail        TEXT    NOT NULL,
  first_utc_ms  INTEGER NOT NULL,
  last_utc_ms   INTEGER NOT NULL,
  times         INTEGER NOT NULL,
  payload_bytes INTEGER NOT NULL,
  payload       BLOB    NOT NULL,
  UNIQUE (cabinet_id, message_hash)
) STRICT;

-- What is oldest, and how much there is, without reading a payload.
CREATE INDEX refused_messages_by_age ON refused_messages (last_utc_ms, refused_id, payload_bytes);
