-- Views for other readers of this database: sales, totals and standings as they count now. Moments are Unix milliseconds
-- UTC, days yyyymmdd of the business day, amounts fen. Their columns stay as they are; new ones come at the end.

-- Every counted sale, by class after its corrections. Refunds stand apart: they count on their own.
CREATE VIEW reading_sales AS
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
WHERE e.kind = 1 AND (e.state = 0 OR (e.state = 1
  AND EXISTS (SELECT 1 FROM corrections c WHERE c.position = e.position)
  AND NOT EXISTS (SELECT 1 FROM doubles d WHERE d.position = e.position)));

-- What each cabinet sold on each business day, refunds of that day's sales taken off.
CREATE VIEW reading_totals AS
SELECT t.cabinet_id, a.operator_id, a.county_code, t.business_day,
       CAST(sum(CASE t.class WHEN 1 THEN t.sales_fen - t.refunds_of_day_fen ELSE 0 END) AS BIGINT) AS aid_fen,
       CAST(sum(CASE t.class WHEN 2 THEN t.sales_fen - t.refunds_of_day_fen ELSE 0 END) AS BIGINT) AS ordinary_fen,
       CAST(sum(CASE t.class WHEN 3 THEN t.sales_fen - t.refunds_of_day_fen ELSE 0 END) AS BIGINT) AS unmapped_fen,
       CAST(sum(t.sales_fen) AS BIGINT) AS sales_fen,
       CAST(sum(t.refunds_of_day_fen) AS BIGINT) AS refunds_of_day_fen
FROM totals t LEFT JOIN assignments a ON a.assignment_id = t.assignment_id
GROUP BY t.cabinet_id, t.assignment_id, a.operator_id, a.county_code, t.business_day;

-- The share of aid products of each cabinet in each calendar month, in basis points, rounded down; NULL where nothing was
-- sold. Which share is asked, and of whom, the policies say.
CREATE VIEW reading_standings AS
SELECT s.cabinet_id, s.operator_id, s.county_code, s.first_day, s.aid_fen, s.total_fen,
       CASE WHEN s.total_fen > 0 AND s.aid_fen >= 0 THEN s.aid_fen * 10000 / s.total_fen END AS share_basis_points
FROM (
  SELECT w.cabinet_id, a.operator_id, a.county_code, w.first_day,
         CAST(sum(CASE w.class WHEN 1 THEN w.sales_fen - w.refunds_of_day_fen ELSE 0 END) AS BIGINT) AS aid_fen,
         CAST(sum(w.sales_fen - w.refunds_of_day_fen) AS BIGINT) AS total_fen
  FROM window_totals w LEFT JOIN assignments a ON a.assignment_id = w.assignment_id
  WHERE w.kind = 1
  GROUP BY w.cabinet_id, w.assignment_id, a.operator_id, a.county_code, w.first_day) AS s;
