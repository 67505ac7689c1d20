-- Changes of what bills tell that were looked at.
ALTER TABLE edition_marks ADD COLUMN billed_change BIGINT  NOT NULL DEFAULT 0;

-- Days of which bills tell otherwise, by the look that saw it last: of every window that holds one of them, days without
-- sales too.
CREATE TABLE edition_billed_days (
  first_day BIGINT  NOT NULL, -- yyyymmdd
  last_day  BIGINT  NOT NULL,
  look      BIGINT  NOT NULL,
  PRIMARY KEY (first_day, last_day)
);
