-- What the key of payers makes of a fixed text: services of one database must have the same key. Not the key.
CREATE TABLE payer_key (
  digest TEXT NOT NULL PRIMARY KEY
);
