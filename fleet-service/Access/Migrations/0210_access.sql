-- A cabinet's passwords for the broker, as SHA-256 of 32 random bytes. A used one ends all older ones.
CREATE TABLE cabinet_credentials (
  credential_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  cabinet_id        TEXT    NOT NULL,
  secret_sha256     BLOB    NOT NULL,
  issued_utc_ms     INTEGER NOT NULL,
  first_used_utc_ms INTEGER NULL
);
CREATE INDEX cabinet_credentials_cabinet ON cabinet_credentials (cabinet_id);

-- Bearer tokens of people and programs, as SHA-256.
CREATE TABLE access_tokens (
  token_id       INTEGER PRIMARY KEY AUTOINCREMENT,
  name           TEXT    NOT NULL,
  scope          TEXT    NOT NULL CHECK (scope IN ('read', 'write')),
  token_sha256   BLOB    NOT NULL UNIQUE,
  made_utc_ms    INTEGER NOT NULL,
  expires_utc_ms INTEGER NULL,
  revoked_utc_ms INTEGER NULL
);

-- Every change by a person: who, when, what, before and after. Append-only.
CREATE TABLE audit_log (
  audit_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  at_utc_ms   INTEGER NOT NULL,
  actor       TEXT    NOT NULL,
  action      TEXT    NOT NULL,
  subject     TEXT    NOT NULL,
  before_json TEXT    NULL,
  after_json  TEXT    NULL
);
CREATE INDEX audit_log_subject ON audit_log (subject);
CREATE TRIGGER audit_log_never_changes BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER audit_log_never_forgets BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
