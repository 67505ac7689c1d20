-- One row per file that was imported. A file is complete when it is whole, none of its rows was refused, its own summary
-- agrees and its day was over: only then does the absence of a payment say something.
CREATE TABLE bills (
  bill_id         INTEGER PRIMARY KEY,
  provider        TEXT    NOT NULL,
  operator_id     TEXT    NOT NULL,
  day             INTEGER NOT NULL, -- yyyymmdd
  file_sha256     BLOB    NOT NULL,
  encoding        TEXT    NOT NULL,
  has_payments    INTEGER NOT NULL, -- a bill may list payments only, refunds only, or both
  has_refunds     INTEGER NOT NULL,
  rows_read       INTEGER NOT NULL,
  rows_taken      INTEGER NOT NULL,
  rows_known      INTEGER NOT NULL,
  rows_skipped    INTEGER NOT NULL,
  rows_refused    INTEGER NOT NULL,
  payments        INTEGER NOT NULL, -- as read from the file, with the refused rows left out
  payments_fen    INTEGER NOT NULL,
  refunds         INTEGER NOT NULL,
  refunds_fen     INTEGER NOT NULL,
  summary         TEXT    NOT NULL, -- none, stated, agrees, differs, absent
  complete        INTEGER NOT NULL,
  imported_by     TEXT    NOT NULL,
  begun_utc_ms    INTEGER NOT NULL,
  finished_utc_ms INTEGER NULL,     -- null while the lines are being written
  withdrawn_utc_ms INTEGER NULL     -- from then on nothing of it counts
) STRICT;
CREATE INDEX bills_of_day ON bills (day, operator_id, provider);
CREATE UNIQUE INDEX bills_by_file ON bills (provider, operator_id, day, file_sha256) WHERE withdrawn_utc_ms IS NULL;

-- The merchant numbers that a bill is for: as its rows name them, or as who brought it states them.
CREATE TABLE bill_merchants (
  provider        TEXT    NOT NULL,
  merchant_number TEXT    NOT NULL,
  bill_id         INTEGER NOT NULL REFERENCES bills (bill_id),
  PRIMARY KEY (provider, merchant_number, bill_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bill_merchants_of_bill ON bill_merchants (bill_id);

-- Withdrawals: one person proposes, another approves. What stood on the bill is kept apart and counts no more.
CREATE TABLE bill_withdrawals (
  withdrawal_id   INTEGER PRIMARY KEY,
  bill_id         INTEGER NOT NULL REFERENCES bills (bill_id),
  state           TEXT    NOT NULL CHECK (state IN ('Proposed', 'Approved', 'Rejected')),
  reason          TEXT    NOT NULL,
  proposed_by     TEXT    NOT NULL,
  proposed_utc_ms INTEGER NOT NULL,
  decided_by      TEXT    NULL,
  decided_utc_ms  INTEGER NULL,
  decision_reason TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX bill_withdrawals_standing ON bill_withdrawals (bill_id) WHERE state <> 'Rejected';
CREATE TABLE withdrawn_bill_lines (
  bill_id                INTEGER NOT NULL REFERENCES bills (bill_id),
  line                   INTEGER NOT NULL,
  kind                   TEXT    NOT NULL,
  transaction_number     TEXT    NOT NULL,
  refund_number          TEXT    NOT NULL,
  merchant_order_number  TEXT    NOT NULL,
  merchant_refund_number TEXT    NOT NULL,
  amount_fen             INTEGER NOT NULL,
  at_utc_ms              INTEGER NOT NULL,
  terminal               TEXT    NOT NULL,
  buyer                  BLOB    NULL,
  PRIMARY KEY (bill_id, line)
) STRICT, WITHOUT ROWID;

-- What the matching knows of a line. The terminal is what the merchant named its device or shop by.
ALTER TABLE bill_lines ADD COLUMN terminal TEXT NOT NULL DEFAULT '';
ALTER TABLE bill_lines ADD COLUMN merchant_refund_number TEXT NOT NULL DEFAULT '';
ALTER TABLE bill_lines ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0;   -- 0 no sale, 1 matched, 2 differs, 3 given back
ALTER TABLE bill_lines ADD COLUMN kept_fen INTEGER NOT NULL DEFAULT 0;  -- of a payment: its amount less its refunds
ALTER TABLE bill_lines ADD COLUMN cabinet_id TEXT NOT NULL DEFAULT '';  -- of the sale it belongs to
CREATE INDEX bill_lines_by_order ON bill_lines (provider, operator_id, merchant_order_number)
  WHERE kind = 'payment' AND merchant_order_number <> '';
CREATE INDEX bill_lines_without_sale ON bill_lines (bill_day, operator_id, provider)
  WHERE kind = 'payment' AND outcome = 0;
CREATE INDEX bill_lines_of_bill ON bill_lines (bill_id);
CREATE INDEX bill_lines_by_terminal ON bill_lines (operator_id, terminal, cabinet_id)
  WHERE terminal <> '' AND cabinet_id <> '';
