-- Earliest and latest moment of the sales at each block of 4,096 positions: who looks for the sales of a span of time
-- passes over the blocks outside it.
CREATE TABLE sale_spans (
  block        INTEGER PRIMARY KEY, -- position / 4096
  first_utc_ms INTEGER NOT NULL,
  last_utc_ms  INTEGER NOT NULL
) STRICT;

INSERT INTO sale_spans
SELECT position / 4096, min(utc_ms), max(utc_ms) FROM entries WHERE kind = 1 AND business_day <> 0 GROUP BY 1;

-- Refunds that moved to another class together with the sale line that they reverse. Append-only.
CREATE TABLE corrected_refunds (
  correction_id   INTEGER NOT NULL, -- the correction of the sale
  refund_position INTEGER NOT NULL, -- the refund's own entry
  class_before    INTEGER NOT NULL,
  class_after     INTEGER NOT NULL,
  PRIMARY KEY (correction_id, refund_position)
) STRICT, WITHOUT ROWID;

CREATE INDEX corrections_of_version ON corrections (catalogue_version) WHERE cause = 'Rejudged';
CREATE INDEX corrections_by_release ON corrections (corrected_utc_ms) WHERE cause = 'Released';
