-- Catalogue versions with effect in the past, and how far the sales that they affect were judged again.
CREATE TABLE rejudgings (
  version            BIGINT PRIMARY KEY, -- the catalogue version
  through_position   BIGINT  NOT NULL,    -- the newest entry that an older catalogue may have judged
  cursor_position    BIGINT  NOT NULL,    -- every entry up to here is done
  sales_examined     BIGINT  NOT NULL,    -- sales with a line that the version affects
  sales_changed      BIGINT  NOT NULL,    -- of these, sales whose class changed: one correction each
  refunds_moved      BIGINT  NOT NULL,    -- refunds that moved with them
  moved_fen          BIGINT  NOT NULL,    -- paid for the lines that changed their class
  aid_delta_fen      BIGINT  NOT NULL,
  ordinary_delta_fen BIGINT  NOT NULL,
  unmapped_delta_fen BIGINT  NOT NULL,
  started_utc_ms     BIGINT  NOT NULL,
  finished_utc_ms    BIGINT  NULL
);
