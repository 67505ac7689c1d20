-- Sums of whole months and weeks beside the days of `totals`, moved in the same transaction. The key begins with the
-- window, so that one window of all cabinets is one contiguous range.
CREATE TABLE window_totals (
  kind               BIGINT  NOT NULL, -- 1 calendar month, 2 week from Monday to Sunday
  first_day          BIGINT  NOT NULL, -- yyyymmdd, the window's first business day
  cabinet_id         TEXT    NOT NULL,
  assignment_id      BIGINT  NOT NULL,
  class              BIGINT  NOT NULL, -- 1 aid, 2 ordinary, 3 unmapped
  sales_fen          BIGINT  NOT NULL,
  sales_lines        BIGINT  NOT NULL,
  refunds_fen        BIGINT  NOT NULL, -- by the refund's own day; positive
  refunds_of_day_fen BIGINT  NOT NULL, -- by the day of the sale they reverse; positive
  PRIMARY KEY (kind, first_day, cabinet_id, assignment_id, class)
);


