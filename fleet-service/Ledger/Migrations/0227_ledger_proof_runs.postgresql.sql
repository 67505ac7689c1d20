-- When the proof of the ledger began last, of whichever service.
CREATE TABLE ledger_proof_runs (
  id           BIGINT PRIMARY KEY CHECK (id = 1),
  begun_utc_ms BIGINT NOT NULL
);
