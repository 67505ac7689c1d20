-- Up to which line of the outbox the server took lines, and when. They stay for a while: a server that is killed may lose
-- what it took just before, and gets it again.
CREATE TABLE series_sent (
  last_line_no INTEGER PRIMARY KEY,
  sent_utc_ms  INTEGER NOT NULL
) STRICT;
