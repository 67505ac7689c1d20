-- The same password as Mosquitto keeps it in a password file; null for those that were issued before.
ALTER TABLE cabinet_credentials ADD COLUMN mosquitto_hash TEXT NULL;
