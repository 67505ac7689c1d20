-- How a cabinet hands goods out: it decides what its gate can refuse.
ALTER TABLE cabinets ADD COLUMN kind TEXT NOT NULL DEFAULT 'Slot'
  CHECK (kind IN ('Slot', 'Locker', 'OpenDoor', 'OpenDoorCompartments'));
