-- What a catalogue version judges otherwise than the one before: for each operator ('' for every one without a mapping
-- of its own) and SKU the spans of sale time whose class changed. Whoever re-judges looks at these sales and no others.
CREATE TABLE catalogue_affected (
  version     BIGINT  NOT NULL REFERENCES catalogue_versions (version),
  operator_id TEXT    NOT NULL,
  sku         TEXT    NOT NULL,
  from_utc_ms BIGINT  NOT NULL,
  to_utc_ms   BIGINT  NULL,
  PRIMARY KEY (version, operator_id, sku, from_utc_ms)
);
