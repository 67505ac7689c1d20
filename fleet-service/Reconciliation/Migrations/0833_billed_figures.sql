-- Sums of recorded_payments by month, moved with recorded_days: a whole month of all cabinets is read from here.
CREATE TABLE recorded_months (
  month           INTEGER NOT NULL, -- yyyymm
  cabinet_id      TEXT    NOT NULL,
  operator_id     TEXT    NOT NULL,
  county_code     TEXT    NOT NULL,
  sales           INTEGER NOT NULL,
  matched_sales   INTEGER NOT NULL,
  matched_fen     INTEGER NOT NULL, -- paid less refunded
  matched_aid_fen INTEGER NOT NULL,
  PRIMARY KEY (month, cabinet_id, operator_id, county_code)
) STRICT, WITHOUT ROWID;
INSERT INTO recorded_months
SELECT business_day / 100, cabinet_id, operator_id, county_code, sum(sales), sum(CASE outcome WHEN 1 THEN sales ELSE 0 END),
       sum(CASE outcome WHEN 1 THEN net_fen ELSE 0 END), sum(CASE outcome WHEN 1 THEN net_aid_fen ELSE 0 END)
FROM recorded_days GROUP BY 1, 2, 3, 4;

-- Since when an operator is paid through a provider of bills. The day never moves on: who was paid so once has to show
-- the bills of every later day, empty ones too.
CREATE TABLE recorded_providers (
  operator_id TEXT    NOT NULL,
  provider    TEXT    NOT NULL,
  first_day   INTEGER NOT NULL, -- yyyymmdd
  PRIMARY KEY (operator_id, provider)
) STRICT, WITHOUT ROWID;
INSERT INTO recorded_providers
SELECT operator_id, method, min(business_day) FROM recorded_days WHERE outcome <> 3 GROUP BY 1, 2;

-- Days of which bills tell otherwise since a change; the same range again takes a new number.
CREATE TABLE billed_days (
  first_day INTEGER NOT NULL, -- yyyymmdd
  last_day  INTEGER NOT NULL,
  change    INTEGER NOT NULL,
  PRIMARY KEY (first_day, last_day)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX billed_days_by_change ON billed_days (change);
