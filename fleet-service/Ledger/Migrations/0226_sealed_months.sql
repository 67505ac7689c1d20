-- What is left of a month of commit whose batches and entries were detached: its sums and hashes, for the proof. A file
-- has no partitions, so these stay empty here.
CREATE TABLE sealed_months (
  month          INTEGER PRIMARY KEY, -- of the commit, UTC, yyyymm
  first_position INTEGER NOT NULL,
  last_position  INTEGER NOT NULL,
  batches        INTEGER NOT NULL,
  entries        INTEGER NOT NULL,
  kept_entries   INTEGER NOT NULL,     -- entries that stay, because refunds, corrections or quarantine rest on them
  rows_hash      BLOB    NOT NULL,     -- SHA-256 of all its rows, by which the detached tables are known again
  kept_hash      BLOB    NOT NULL,     -- SHA-256 of the rows that stay
  seal           BLOB    NOT NULL,     -- SHA-256 of this row and of the month's runs, sums and spans
  sealed_utc_ms  INTEGER NOT NULL,
  sealed_by      TEXT    NOT NULL
) STRICT;

-- Unbroken runs of numbers of each journal: the chain goes on from last_hash.
CREATE TABLE sealed_runs (
  journal_no INTEGER NOT NULL,
  first_seq  INTEGER NOT NULL,
  last_seq   INTEGER NOT NULL,
  month      INTEGER NOT NULL,
  base_seq   INTEGER NOT NULL, -- what the first signed message of the run states as the head before it
  base_hash  BLOB    NOT NULL,
  last_hash  BLOB    NOT NULL,
  PRIMARY KEY (journal_no, first_seq)
) STRICT;

-- What the sales of the month counted at commit, by the business day of the sale.
CREATE TABLE sealed_sums (
  month         INTEGER NOT NULL,
  cabinet_id    TEXT    NOT NULL,
  assignment_id INTEGER NOT NULL,
  business_day  INTEGER NOT NULL, -- yyyymmdd
  class         INTEGER NOT NULL, -- 1 aid, 2 ordinary, 3 unmapped
  sales_fen     INTEGER NOT NULL,
  sales_lines   INTEGER NOT NULL,
  PRIMARY KEY (month, cabinet_id, assignment_id, business_day, class)
) STRICT;

-- Earliest and latest moment of the month's sales at each block of positions; see sale_spans.
CREATE TABLE sealed_spans (
  month        INTEGER NOT NULL,
  block        INTEGER NOT NULL,
  first_utc_ms INTEGER NOT NULL,
  last_utc_ms  INTEGER NOT NULL,
  PRIMARY KEY (month, block)
) STRICT;
