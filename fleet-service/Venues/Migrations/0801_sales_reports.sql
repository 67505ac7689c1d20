-- Sales reported by hand, by the reporter's document number. Append-only: a correction is a document of its own that
-- names the one it reverses and counts with the sign -1.
CREATE TABLE sales_reports (
  report_id             INTEGER PRIMARY KEY AUTOINCREMENT,
  reporter              TEXT    NOT NULL,
  document_number       TEXT    NOT NULL,
  content_sha256        BLOB    NOT NULL,
  reverses_id           INTEGER NULL REFERENCES sales_reports (report_id),
  sign                  INTEGER NOT NULL CHECK (sign = CASE WHEN reverses_id IS NULL THEN 1 ELSE -1 END),
  channel               TEXT    NOT NULL, -- the one counting channel: a venue's kind, or a channel of the data set
  venue_id              TEXT    NULL REFERENCES venues (venue_id),
  place_code            TEXT    NOT NULL, -- the city or one of its counties
  first_day             INTEGER NOT NULL, -- yyyymmdd, both days inside
  last_day              INTEGER NOT NULL CHECK (last_day >= first_day),
  is_outside_city       INTEGER NOT NULL, -- sold to buyers elsewhere
  aid_fen               INTEGER NOT NULL CHECK (aid_fen >= 0),
  total_fen             INTEGER NOT NULL CHECK (total_fen >= aid_fen),
  recognised_fen        INTEGER NOT NULL CHECK (recognised_fen >= 0), -- aid of products recognised by the city
  unstated_fen          INTEGER NOT NULL CHECK (unstated_fen >= 0),   -- aid of which nobody said who recognised it
  is_recognition_stated INTEGER NOT NULL,
  evidence              TEXT    NOT NULL,
  note                  TEXT    NOT NULL,
  received_utc_ms       INTEGER NOT NULL,
  received_by           TEXT    NOT NULL,
  UNIQUE (reporter, document_number),
  CHECK (recognised_fen + unstated_fen <= aid_fen)
) STRICT;
CREATE INDEX sales_reports_by_day ON sales_reports (last_day);
CREATE INDEX sales_reports_of_venue ON sales_reports (venue_id, last_day) WHERE venue_id IS NOT NULL;
CREATE INDEX sales_reports_of_channel ON sales_reports (reporter, channel, place_code, last_day)
  WHERE venue_id IS NULL;
CREATE INDEX sales_reports_reversed ON sales_reports (reverses_id) WHERE reverses_id IS NOT NULL;

-- Buyer groups, fairs and the like: beside the counting channel, never in a total of their own.
CREATE TABLE sales_report_tags (
  report_id INTEGER NOT NULL REFERENCES sales_reports (report_id),
  channel   TEXT    NOT NULL,
  PRIMARY KEY (report_id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE sales_report_products (
  report_id  INTEGER NOT NULL REFERENCES sales_reports (report_id),
  product_id TEXT    NOT NULL,
  aid_fen    INTEGER NOT NULL CHECK (aid_fen >= 0),
  total_fen  INTEGER NOT NULL CHECK (total_fen >= aid_fen),
  is_of_city INTEGER NOT NULL, -- listed by the city or a county of it on every day of the report's period
  PRIMARY KEY (report_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER sales_reports_never_change BEFORE UPDATE ON sales_reports
BEGIN SELECT RAISE(ABORT, 'sales_reports is append-only'); END;
CREATE TRIGGER sales_reports_never_forget BEFORE DELETE ON sales_reports
BEGIN SELECT RAISE(ABORT, 'sales_reports is append-only'); END;
