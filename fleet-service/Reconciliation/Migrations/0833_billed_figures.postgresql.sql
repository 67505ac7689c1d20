-- Sums of recorded_payments by month, moved with recorded_days: a whole month of all cabinets is read from here.
CREATE TABLE recorded_months (
  month           BIGINT  NOT NULL, -- yyyymm
  cabinet_id      TEXT    NOT NULL,
  operator_id     TEXT    NOT NULL,
  county_code     TEXT    NOT NULL,
  sales           BIGINT  NOT NULL,
  matched_sales   BIGINT  NOT NULL,
  matched_fen     BIGINT  NOT NULL, -- paid less refunded
  matched_aid_fen BIGINT  NOT NULL,
  PRIMARY KEY (month, cabinet_id, operator_id, county_code)
);

-- Since when an operator is paid through a provider of bills. The day never moves on: who was paid so once has to show
-- the bills of every later day, empty ones too.
CREATE TABLE recorded_providers (
  operator_id TEXT    NOT NULL,
  provider    TEXT    NOT NULL,
  first_day   BIGINT  NOT NULL, -- yyyymmdd
  PRIMARY KEY (operator_id, provider)
);

-- Days of which bills tell otherwise since a change; the same range again takes a new number.
CREATE TABLE billed_days (
  first_day BIGINT  NOT NULL, -- yyyymmdd
  last_day  BIGINT  NOT NULL,
  change    BIGINT  NOT NULL,
  PRIMARY KEY (first_day, last_day)
);
CREATE UNIQUE INDEX billed_days_by_change ON billed_days (change);
