-- Payments and refunds as the providers' bills state them. Append-only: a provider's own numbers make a line unique, so
-- the same bill again changes nothing.
CREATE TABLE bill_lines (
  provider              TEXT    NOT NULL, -- WeChat, Alipay, UnionPay: the words of a sale's payment method
  kind                  TEXT    NOT NULL CHECK (kind IN ('payment', 'refund')),
  transaction_number    TEXT    NOT NULL, -- of the payment
  refund_number         TEXT    NOT NULL, -- of the refund at the provider; '' for a payment
  merchant_order_number TEXT    NOT NULL,
  operator_id           TEXT    NOT NULL, -- whose bill it is
  amount_fen            BIGINT  NOT NULL, -- positive
  at_utc_ms             BIGINT  NOT NULL,
  bill_day              BIGINT  NOT NULL, -- yyyymmdd
  buyer                 BYTEA   NULL,     -- keyed digest of the provider's name for the payer; never the name itself
  bill_id               BIGINT  NOT NULL,
  line                  BIGINT  NOT NULL,
  PRIMARY KEY (provider, kind, transaction_number, refund_number)
);
