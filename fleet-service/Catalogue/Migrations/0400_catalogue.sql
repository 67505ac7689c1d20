-- One row per accepted change set; the highest version is in force. affects_from_utc_ms is the earliest sale time
-- that the version judges otherwise than the one before (null: none), for whoever re-judges older batches.
CREATE TABLE catalogue_versions (
  version             INTEGER PRIMARY KEY,
  made_utc_ms         INTEGER NOT NULL,
  made_by             TEXT    NOT NULL,
  source              TEXT    NOT NULL,
  affects_from_utc_ms INTEGER NULL
);

CREATE TABLE products (
  product_id TEXT    PRIMARY KEY,
  name       TEXT    NOT NULL,
  version    INTEGER NOT NULL REFERENCES catalogue_versions (version)
) WITHOUT ROWID;

CREATE TABLE listings (
  product_id    TEXT    NOT NULL REFERENCES products (product_id),
  recognised_by TEXT    NOT NULL,
  from_utc_ms   INTEGER NOT NULL,
  to_utc_ms     INTEGER NULL CHECK (to_utc_ms > from_utc_ms),
  version       INTEGER NOT NULL REFERENCES catalogue_versions (version),
  PRIMARY KEY (product_id, recognised_by, from_utc_ms)
) WITHOUT ROWID;

-- operator_id '' stands for any operator.
CREATE TABLE sku_mappings (
  operator_id TEXT    NOT NULL,
  sku         TEXT    NOT NULL,
  from_utc_ms INTEGER NOT NULL,
  to_utc_ms   INTEGER NULL CHECK (to_utc_ms > from_utc_ms),
  product_id  TEXT    NOT NULL REFERENCES products (product_id),
  version     INTEGER NOT NULL REFERENCES catalogue_versions (version),
  PRIMARY KEY (operator_id, sku, from_utc_ms)
) WITHOUT ROWID;

-- Every accepted change, append-only: what an auditor reads. before/after are the value that changed: a product's
-- name, or the end of a listing or mapping in Unix milliseconds (null: no end).
CREATE TABLE catalogue_changes (
  change_id    INTEGER PRIMARY KEY,
  version      INTEGER NOT NULL REFERENCES catalogue_versions (version),
  kind         TEXT    NOT NULL,
  product_id   TEXT    NOT NULL,
  owner        TEXT    NULL,
  sku          TEXT    NULL,
  from_utc_ms  INTEGER NULL,
  before_value TEXT    NULL,
  after_value  TEXT    NULL
);
CREATE INDEX catalogue_changes_by_version ON catalogue_changes (version);
