-- The group of the services' shared subscription at an external broker. Nobody else may know it: who joins takes
-- messages away from the services.
CREATE TABLE share_group (
  name TEXT NOT NULL PRIMARY KEY
);
