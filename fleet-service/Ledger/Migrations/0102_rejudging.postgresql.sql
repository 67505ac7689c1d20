-- Earliest and latest moment of the sales at each block of 4,096 positions: who looks for the sales of a span of time
-- passes over the blocks outside it.
CREATE TABLE sale_spans (
  block        BIGINT PRIMARY KEY, -- position / 4096
  first_utc_ms BIGINT  NOT NULL,
  last_utc_ms  BIGINT  NOT NULL
);


-- Refunds that moved to another class together with the sale line that they reverse. Append-only.
CREATE TABLE corrected_refunds (
  correction_id   BIGINT  NOT NULL, -- the correction of the sale
  refund_position BIGINT  NOT NULL, -- the refund's own entry
  class_before    BIGINT  NOT NULL,
  class_after     BIGINT  NOT NULL,
  PRIMARY KEY (correction_id, refund_position)
);

CREATE INDEX corrections_of_version ON corrections (catalogue_version) WHERE cause = 'Rejudged';
CREATE INDEX corrections_by_release ON corrections (corrected_utc_ms) WHERE cause = 'Released';
