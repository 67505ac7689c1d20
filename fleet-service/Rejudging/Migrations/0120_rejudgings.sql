-- Catalogue versions with effect in the past, and how far the sales that they affect were judged again.
CREATE TABLE rejudgings (
  version            INTEGER PRIMARY KEY, -- the catalogue version
  through_position   INTEGER NOT NULL,    -- the newest entry that an older catalogue may have judged
  cursor_position    INTEGER NOT NULL,    -- every entry up to here is done
  sales_examined     INTEGER NOT NULL,    -- sales with a line that the version affects
  sales_changed      INTEGER NOT NULL,    -- of these, sales whose class changed: one correction each
  refunds_moved      INTEGER NOT NULL,    -- refunds that moved with them
  moved_fen          INTEGER NOT NULL,    -- paid for the lines that changed their class
  aid_delta_fen      INTEGER NOT NULL,
  ordinary_delta_fen INTEGER NOT NULL,
  unmapped_delta_fen INTEGER NOT NULL,
  started_utc_ms     INTEGER NOT NULL,
  finished_utc_ms    INTEGER NULL
) STRICT;
