-- Sums of the ledger by hour and by day for charts: a projection, read by cursor, made anew when the ledger is restored.

CREATE TABLE chart_cursor (
  id            INTEGER PRIMARY KEY CHECK (id = 1),
  generation    TEXT    NOT NULL, -- the ledger's; positions mean something only together with it
  position      INTEGER NOT NULL, -- last ledger entry read
  correction_id INTEGER NOT NULL  -- last correction read
) STRICT;

-- By the hour of the corrected time, UTC. The key begins with the hour: a span of time is one contiguous range.
CREATE TABLE chart_hours (
  hour_utc_ms   INTEGER NOT NULL, -- the hour's begin
  cabinet_id    TEXT    NOT NULL,
  assignment_id INTEGER NOT NULL, -- it names operator and county; of a refund that of the sale
  class         INTEGER NOT NULL, -- 1 aid, 2 ordinary, 3 unmapped; as it counts now. 0: whole sales, counted once
  sales_fen     INTEGER NOT NULL,
  sales         INTEGER NOT NULL, -- sales with a line of this class
  sales_lines   INTEGER NOT NULL,
  refunds_fen   INTEGER NOT NULL, -- by the refund's own time; positive
  refunds       INTEGER NOT NULL,
  PRIMARY KEY (hour_utc_ms, cabinet_id, assignment_id, class)
) STRICT, WITHOUT ROWID;

-- The same by business day.
CREATE TABLE chart_days (
  business_day  INTEGER NOT NULL, -- yyyymmdd
  cabinet_id    TEXT    NOT NULL,
  assignment_id INTEGER NOT NULL,
  class         INTEGER NOT NULL,
  sales_fen     INTEGER NOT NULL,
  sales         INTEGER NOT NULL,
  sales_lines   INTEGER NOT NULL,
  refunds_fen   INTEGER NOT NULL,
  refunds       INTEGER NOT NULL,
  PRIMARY KEY (business_day, cabinet_id, assignment_id, class)
) STRICT, WITHOUT ROWID;

-- What each refund counts as, so that one that is tied or judged anew is moved and never counted twice.
CREATE TABLE chart_refunds (
  position      INTEGER PRIMARY KEY, -- the refund's own entry
  hour_utc_ms   INTEGER NOT NULL,
  business_day  INTEGER NOT NULL,
  cabinet_id    TEXT    NOT NULL,
  assignment_id INTEGER NOT NULL,
  class         INTEGER NOT NULL,
  amount_fen    INTEGER NOT NULL
) STRICT;

-- A refund is the one row of the ledger that changes without a new entry: its sale comes later, or is judged anew.
CREATE TABLE chart_refund_changes (
  change_id INTEGER PRIMARY KEY AUTOINCREMENT,
  position  INTEGER NOT NULL
) STRICT;
CREATE TRIGGER chart_refund_moved AFTER UPDATE OF sale_position, class ON refunds
WHEN OLD.sale_position IS NOT NEW.sale_position OR OLD.class IS NOT NEW.class
BEGIN INSERT INTO chart_refund_changes (position) VALUES (NEW.position); END;
CREATE TRIGGER chart_refund_gone AFTER DELETE ON refunds WHEN OLD.sale_position IS NOT NULL
BEGIN INSERT INTO chart_refund_changes (position) VALUES (OLD.position); END;
