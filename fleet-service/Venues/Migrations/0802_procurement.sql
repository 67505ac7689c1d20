-- Purchases of budget units on a procurement platform, with their yearly plans: kept apart from the city's sales.
CREATE TABLE procurement_plans (
  platform       TEXT    NOT NULL, -- a kind of venue of the data set
  unit_id        TEXT    NOT NULL,
  year           INTEGER NOT NULL,
  name           TEXT    NOT NULL,
  place_code     TEXT    NOT NULL,
  plan_fen       INTEGER NOT NULL CHECK (plan_fen >= 0),
  evidence       TEXT    NOT NULL,
  changed_utc_ms INTEGER NOT NULL,
  changed_by     TEXT    NOT NULL,
  PRIMARY KEY (platform, unit_id, year)
) STRICT, WITHOUT ROWID;

-- Append-only, by the unit's document number; a correction is a document that names the one it reverses.
CREATE TABLE procurement_purchases (
  purchase_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  platform        TEXT    NOT NULL,
  unit_id         TEXT    NOT NULL,
  document_number TEXT    NOT NULL,
  content_sha256  BLOB    NOT NULL,
  reverses_id     INTEGER NULL REFERENCES procurement_purchases (purchase_id),
  sign            INTEGER NOT NULL CHECK (sign = CASE WHEN reverses_id IS NULL THEN 1 ELSE -1 END),
  first_day       INTEGER NOT NULL, -- yyyymmdd, both days inside, of one year
  last_day        INTEGER NOT NULL CHECK (last_day >= first_day),
  amount_fen      INTEGER NOT NULL CHECK (amount_fen >= 0),
  evidence        TEXT    NOT NULL,
  note            TEXT    NOT NULL,
  received_utc_ms INTEGER NOT NULL,
  received_by     TEXT    NOT NULL,
  UNIQUE (unit_id, document_number)
) STRICT;
CREATE INDEX procurement_purchases_by_day ON procurement_purchases (last_day);
CREATE INDEX procurement_purchases_reversed ON procurement_purchases (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE TRIGGER procurement_purchases_never_change BEFORE UPDATE ON procurement_purchases
BEGIN SELECT RAISE(ABORT, 'procurement_purchases is append-only'); END;
CREATE TRIGGER procurement_purchases_never_forget BEFORE DELETE ON procurement_purchases
BEGIN SELECT RAISE(ABORT, 'procurement_purchases is append-only'); END;
