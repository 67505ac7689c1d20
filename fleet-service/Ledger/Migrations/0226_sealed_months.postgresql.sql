-- What is left of a month of commit whose batches and entries were detached: its sums and hashes, for the proof.
CREATE TABLE sealed_months (
  month          BIGINT PRIMARY KEY,  -- of the commit, UTC, yyyymm
  first_position BIGINT NOT NULL,
  last_position  BIGINT NOT NULL,
  batches        BIGINT NOT NULL,
  entries        BIGINT NOT NULL,
  kept_entries   BIGINT NOT NULL,     -- entries that stay, because refunds, corrections or quarantine rest on them
  rows_hash      BYTEA  NOT NULL,     -- SHA-256 of all its rows, by which the detached tables are known again
  kept_hash      BYTEA  NOT NULL,     -- SHA-256 of the rows that stay
  seal           BYTEA  NOT NULL,     -- SHA-256 of this row and of the month's runs, sums and spans
  sealed_utc_ms  BIGINT NOT NULL,
  sealed_by      TEXT   NOT NULL
);

-- Unbroken runs of numbers of each journal: the chain goes on from last_hash.
CREATE TABLE sealed_runs (
  journal_no BIGINT NOT NULL,
  first_seq  BIGINT NOT NULL,
  last_seq   BIGINT NOT NULL,
  month      BIGINT NOT NULL,
  base_seq   BIGINT NOT NULL, -- what the first signed message of the run states as the head before it
  base_hash  BYTEA  NOT NULL,
  last_hash  BYTEA  NOT NULL,
  PRIMARY KEY (journal_no, first_seq)
);

-- What the sales of the month counted at commit, by the business day of the sale.
CREATE TABLE sealed_sums (
  month         BIGINT NOT NULL,
  cabinet_id    TEXT   NOT NULL,
  assignment_id BIGINT NOT NULL,
  business_day  BIGINT NOT NULL, -- yyyymmdd
  class         BIGINT NOT NULL, -- 1 aid, 2 ordinary, 3 unmapped
  sales_fen     BIGINT NOT NULL,
  sales_lines   BIGINT NOT NULL,
  PRIMARY KEY (month, cabinet_id, assignment_id, business_day, class)
);

-- Earliest and latest moment of the month's sales at each block of positions; see sale_spans.
CREATE TABLE sealed_spans (
  month        BIGINT NOT NULL,
  block        BIGINT NOT NULL,
  first_utc_ms BIGINT NOT NULL,
  last_utc_ms  BIGINT NOT NULL,
  PRIMARY KEY (month, block)
);

-- A detached month has only the rows that others rest on: its sales are not shown in part.
CREATE OR REPLACE VIEW reading_sales AS
SELECT e.position, j.cabinet_id, j.journal_id, e.seq, e.utc_ms, e.business_day, a.operator_id, a.county_code,
       CASE e.state WHEN 0 THEN e.aid_fen ELSE 0 END + coalesce((SELECT CAST(sum(c.aid_delta_fen) AS BIGINT)
         FROM corrections c WHERE c.position = e.position), 0) AS aid_fen,
       CASE e.state WHEN 0 THEN e.ordinary_fen ELSE 0 END + coalesce((SELECT CAST(sum(c.ordinary_delta_fen) AS BIGINT)
         FROM corrections c WHERE c.position = e.position), 0) AS ordinary_fen,
       CASE e.state WHEN 0 THEN e.unmapped_fen ELSE 0 END + coalesce((SELECT CAST(sum(c.unmapped_delta_fen) AS BIGINT)
         FROM corrections c WHERE c.position = e.position), 0) AS unmapped_fen,
       coalesce((SELECT CAST(sum(r.amount_fen) AS BIGINT) FROM refunds r WHERE r.sale_position = e.position), 0)
         AS refunded_fen
FROM entries e
JOIN batches b ON b.batch_id = e.batch_id
JOIN journals j ON j.journal_no = b.journal_no
LEFT JOIN assignments a ON a.assignment_id = e.assignment_id
WHERE e.kind = 1 AND e.commit_month NOT IN (SELECT month FROM sealed_months)
  AND (e.state = 0 OR (e.state = 1
    AND EXISTS (SELECT 1 FROM corrections c WHERE c.position = e.position)
    AND NOT EXISTS (SELECT 1 FROM doubles d WHERE d.position = e.position)));
