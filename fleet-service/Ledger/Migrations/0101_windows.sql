-- Sums of whole months and weeks beside the days of `totals`, moved in the same transaction. The key begins with the
-- window, so that one window of all cabinets is one contiguous range.
CREATE TABLE window_totals (
  kind               INTEGER NOT NULL, -- 1 calendar month, 2 week from Monday to Sunday
  first_day          INTEGER NOT NULL, -- yyyymmdd, the window's first business day
  cabinet_id         TEXT    NOT NULL,
  assignment_id      INTEGER NOT NULL,
  class              INTEGER NOT NULL, -- 1 aid, 2 ordinary, 3 unmapped
  sales_fen          INTEGER NOT NULL,
  sales_lines        INTEGER NOT NULL,
  refunds_fen        INTEGER NOT NULL, -- by the refund's own day; positive
  refunds_of_day_fen INTEGER NOT NULL, -- by the day of the sale they reverse; positive
  PRIMARY KEY (kind, first_day, cabinet_id, assignment_id, class)
) STRICT, WITHOUT ROWID;

INSERT INTO window_totals
SELECT 1, business_day - business_day % 100 + 1, cabinet_id, assignment_id, class, sum(sales_fen), sum(sales_lines),
       sum(refunds_fen), sum(refunds_of_day_fen)
FROM totals GROUP BY 2, 3, 4, 5;

INSERT INTO window_totals
SELECT 2, CAST(strftime('%Y%m%d', printf('%04d-%02d-%02d', business_day / 10000, business_day / 100 % 100,
                        business_day % 100), 'weekday 0', '-6 days') AS INTEGER),
       cabinet_id, assignment_id, class, sum(sales_fen), sum(sales_lines), sum(refunds_fen), sum(refunds_of_day_fen)
FROM totals GROUP BY 2, 3, 4, 5;
