-- What the ledger says of payments: a projection by cursor that can be made anew at any time.
CREATE TABLE recorded_payments (
  position              BIGINT PRIMARY KEY, -- the counted sale in the ledger
  cabinet_id            TEXT    NOT NULL,
  operator_id           TEXT    NOT NULL,    -- of the assignment it was sold under
  county_code           TEXT    NOT NULL,
  vend_id               TEXT    NOT NULL,
  method                TEXT    NOT NULL,    -- the words of a sale's payment method
  transaction_number    TEXT    NOT NULL,
  merchant_order_number TEXT    NOT NULL,
  business_day          BIGINT  NOT NULL,    -- yyyymmdd
  utc_ms                BIGINT  NOT NULL,
  edge                  BIGINT  NOT NULL,    -- -1 or 1: so near midnight that the payment may be on that neighbour's bill
  paid_fen              BIGINT  NOT NULL,
  aid_fen               BIGINT  NOT NULL,
  refunded_fen          BIGINT  NOT NULL,    -- refunds of this sale, whatever their own day
  refunded_aid_fen      BIGINT  NOT NULL,
  last_day              BIGINT  NOT NULL,    -- the newest of its own day and its refunds' days
  outcome               BIGINT  NOT NULL,    -- 0 no payment, 1 matched, 2 differs, 3 not paid through a provider of bills
  why                   BIGINT  NOT NULL,
  bill_fen              BIGINT  NOT NULL,    -- what the bills hold for it, refunds taken off
  settle_day            BIGINT  NOT NULL,    -- the newest day of everything that decided the outcome
  bill_transaction      TEXT    NOT NULL     -- the payment that was found for it; '' when there is none
);
CREATE INDEX recorded_by_transaction ON recorded_payments (method, transaction_number) WHERE transaction_number <> '';
CREATE INDEX recorded_by_order ON recorded_payments (method, operator_id, merchant_order_number)
  WHERE merchant_order_number <> '';
CREATE INDEX recorded_of_cabinet ON recorded_payments (cabinet_id, position);
CREATE INDEX recorded_without_payment ON recorded_payments (operator_id, method, business_day) WHERE outcome = 0;
CREATE INDEX recorded_differing ON recorded_payments (business_day) WHERE outcome = 2;

-- Refunds as the cabinets recorded them, with the provider's own number; what they reverse stands in the ledger's refunds.
CREATE TABLE recorded_refunds (
  position           BIGINT PRIMARY KEY,
  refund_number      TEXT    NOT NULL,
  transaction_number TEXT    NOT NULL,
  business_day       BIGINT  NOT NULL,
  amount_fen         BIGINT  NOT NULL
);

-- What was recorded and is no counted sale: to say where a payment without a sale went.
CREATE TABLE recorded_others (
  position              BIGINT PRIMARY KEY,
  cabinet_id            TEXT    NOT NULL,
  operator_id           TEXT    NOT NULL,
  kind                  TEXT    NOT NULL, -- nonSale, outcome, quarantined
  detail                TEXT    NOT NULL, -- Test, Free …; the outcome's words
  vend_id               TEXT    NOT NULL,
  transaction_number    TEXT    NOT NULL,
  merchant_order_number TEXT    NOT NULL,
  utc_ms                BIGINT  NOT NULL
);
CREATE INDEX recorded_others_by_vend ON recorded_others (vend_id);
CREATE INDEX recorded_others_by_order ON recorded_others (merchant_order_number) WHERE merchant_order_number <> '';
CREATE INDEX recorded_others_by_transaction ON recorded_others (transaction_number) WHERE transaction_number <> '';

-- Sums of recorded_payments, moved with them: what figures are read from.
CREATE TABLE recorded_days (
  business_day BIGINT  NOT NULL,
  cabinet_id   TEXT    NOT NULL,
  operator_id  TEXT    NOT NULL,
  county_code  TEXT    NOT NULL,
  method       TEXT    NOT NULL,
  edge         BIGINT  NOT NULL,
  outcome      BIGINT  NOT NULL,
  sales        BIGINT  NOT NULL,
  net_fen      BIGINT  NOT NULL, -- paid less refunded
  net_aid_fen  BIGINT  NOT NULL,
  PRIMARY KEY (business_day, cabinet_id, operator_id, county_code, method, edge, outcome)
);

CREATE TABLE recorded_cursor (
  id            BIGINT PRIMARY KEY CHECK (id = 1),
  generation    TEXT    NOT NULL,
  position      BIGINT  NOT NULL,
  correction_id BIGINT  NOT NULL
);
