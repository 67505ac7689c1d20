-- Evidence of refused messages, once per message hash; bounded by rows and bytes.
CREATE TABLE refused_messages (
  message_hash BLOB    PRIMARY KEY,
  cabinet_id   TEXT    NOT NULL, -- by topic
  lane         TEXT    NOT NULL,
  refusal      TEXT    NOT NULL,
  detail       TEXT    NOT NULL,
  payload      BLOB    NOT NULL,
  first_utc_ms INTEGER NOT NULL,
  last_utc_ms  INTEGER NOT NULL,
  times        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refused_messages_of_cabinet ON refused_messages (cabinet_id);
