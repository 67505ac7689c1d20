-- Sales by product: a projection of the ledger, read by cursor. It can be made anew at any time.

-- One served edition; while figures are made anew a second, unserved one beside it.
CREATE TABLE product_sales_editions (
  edition            INTEGER PRIMARY KEY AUTOINCREMENT,
  is_served          INTEGER NOT NULL,
  cause              TEXT    NOT NULL, -- why it was begun
  begun_utc_ms       INTEGER NOT NULL,
  generation         TEXT    NOT NULL, -- the ledger's; positions mean something only together with it
  catalogue_version  INTEGER NOT NULL, -- the products' lookup it is made with
  position           INTEGER NOT NULL, -- last ledger entry read
  correction_id      INTEGER NOT NULL, -- last correction read
  latest_sale_utc_ms INTEGER NOT NULL  -- corrected moment of the latest sale read
) STRICT;

CREATE TABLE product_sales (
  edition      INTEGER NOT NULL,
  business_day INTEGER NOT NULL, -- of the sale, yyyymmdd
  county_code  TEXT    NOT NULL, -- of the assignment
  operator_id  TEXT    NOT NULL,
  product_id   TEXT    NOT NULL, -- empty: no mapping at the moment of sale
  class        INTEGER NOT NULL, -- as it counts now
  is_of_city   INTEGER NOT NULL, -- listed by a county of this city at the moment of sale
  lines        INTEGER NOT NULL,
  pieces       INTEGER NOT NULL,
  paid_fen     INTEGER NOT NULL,
  refunded_fen INTEGER NOT NULL, -- positive, on the day of the sale
  PRIMARY KEY (edition, business_day, county_code, operator_id, product_id, class, is_of_city)
) STRICT, WITHOUT ROWID;

-- What each refund counts as in an edition, so that a refund tied or judged anew is moved and never counted twice.
CREATE TABLE product_sales_refunds (
  edition      INTEGER NOT NULL,
  position     INTEGER NOT NULL, -- the refund's own entry
  business_day INTEGER NOT NULL,
  county_code  TEXT    NOT NULL,
  operator_id  TEXT    NOT NULL,
  product_id   TEXT    NOT NULL,
  class        INTEGER NOT NULL,
  is_of_city   INTEGER NOT NULL,
  amount_fen   INTEGER NOT NULL,
  PRIMARY KEY (edition, position)
) STRICT, WITHOUT ROWID;

-- Where the edition that is being made sold its products; moved to product_places when it is served.
CREATE TABLE product_sales_places (
  edition          INTEGER NOT NULL,
  product_id       TEXT    NOT NULL,
  cabinet_id       TEXT    NOT NULL,
  last_sold_utc_ms INTEGER NOT NULL,
  unit_price_fen   INTEGER NOT NULL,
  PRIMARY KEY (edition, product_id, cabinet_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE product_places ADD COLUMN edition INTEGER NOT NULL DEFAULT 0; -- of cabinets' rows; 0 for venues

-- A refund is the one row of the ledger that changes without a new entry: its sale comes later, or is judged anew.
CREATE TABLE product_sales_refund_changes (
  change_id INTEGER PRIMARY KEY AUTOINCREMENT,
  position  INTEGER NOT NULL
) STRICT;
CREATE TRIGGER product_sales_refund_moved AFTER UPDATE OF sale_position, class ON refunds
WHEN OLD.sale_position IS NOT NEW.sale_position OR OLD.class IS NOT NEW.class
BEGIN INSERT INTO product_sales_refund_changes (position) VALUES (NEW.position); END;
CREATE TRIGGER product_sales_refund_gone AFTER DELETE ON refunds WHEN OLD.sale_position IS NOT NULL
BEGIN INSERT INTO product_sales_refund_changes (position) VALUES (OLD.position); END;
