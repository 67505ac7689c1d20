-- Where a product was sold lately: what the public is told. A projection of the ledger and of reported sales; it can be
-- made anew at any time.
CREATE TABLE product_places (
  product_id       TEXT    NOT NULL,
  place_kind       TEXT    NOT NULL, -- 'cabinet', or the kind of a venue
  place_id         TEXT    NOT NULL, -- cabinet or venue
  last_sold_utc_ms BIGINT  NOT NULL,
  unit_price_fen   BIGINT  NOT NULL, -- of the last sale; 0 when a report did not say
  PRIMARY KEY (product_id, place_kind, place_id)
);
