-- One-time tokens, as SHA-256. The first key that redeems one is bound to it; only that key may redeem it again.
CREATE TABLE enrolment_tokens (
  token_id       INTEGER PRIMARY KEY AUTOINCREMENT,
  cabinet_id     TEXT    NOT NULL REFERENCES cabinets (cabinet_id),
  token_sha256   BLOB    NOT NULL UNIQUE,
  made_by        TEXT    NOT NULL,
  made_utc_ms    INTEGER NOT NULL,
  expires_utc_ms INTEGER NOT NULL,
  bound_spki     BLOB    NULL,
  bound_utc_ms   INTEGER NULL,
  redemptions    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX enrolment_tokens_cabinet ON enrolment_tokens (cabinet_id);
CREATE TRIGGER enrolment_tokens_bound_once BEFORE UPDATE OF bound_spki ON enrolment_tokens
WHEN OLD.bound_spki IS NOT NULL AND OLD.bound_spki IS NOT NEW.bound_spki
BEGIN SELECT RAISE(ABORT, 'an enrolment token is bound to one key'); END;
