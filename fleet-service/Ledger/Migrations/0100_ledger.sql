-- The ledger: the service's committed truth. Entries are append-only; what is learned later is a row beside them.

-- One row per journal: its head is the compare-and-set guard of the whole write path.
CREATE TABLE journals (
  journal_no       INTEGER PRIMARY KEY,
  journal_id       BLOB    NOT NULL UNIQUE,
  cabinet_id       TEXT    NOT NULL,
  head_seq         INTEGER NOT NULL,
  head_hash        BLOB    NOT NULL,
  last_utc_ms      INTEGER NOT NULL,           -- corrected time of the latest entry; where dating goes on
  skipped          INTEGER NOT NULL DEFAULT 0, -- sequence numbers declared gone by signed gaps
  superseded_after INTEGER NULL,               -- last number common with the successor
  predecessor_id   BLOB    NULL,
  is_first         INTEGER NOT NULL DEFAULT 0, -- entry 1 is committed and no Succession: it has no predecessor
  is_origin        INTEGER NOT NULL DEFAULT 0, -- another journal took entries over from it
  witness_seq      INTEGER NULL,
  witness_hash     BLOB    NULL,
  witness_boot     BLOB    NULL,
  witness_mono_ms  INTEGER NULL
) STRICT;
CREATE INDEX journals_of_cabinet ON journals (cabinet_id);

-- A batch is the index to its contiguous entries, and the proof that the cabinet signed them.
CREATE TABLE batches (
  batch_id          INTEGER PRIMARY KEY,
  journal_no        INTEGER NOT NULL,
  first_seq         INTEGER NOT NULL, -- first entry appended by this batch
  entries           INTEGER NOT NULL,
  first_position    INTEGER NOT NULL,
  signed_first_seq  INTEGER NOT NULL, -- first entry of the signed message; smaller when it overlapped the head
  envelope          BLOB    NOT NULL, -- the signed message's bytes before its entries
  signature         BLOB    NOT NULL,
  key_spki          BLOB    NOT NULL,
  catalogue_version INTEGER NOT NULL,
  received_utc_ms   INTEGER NOT NULL,
  UNIQUE (journal_no, first_seq)
) STRICT;

CREATE TABLE entries (
  position      INTEGER PRIMARY KEY,
  batch_id      INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  hash          BLOB    NOT NULL,
  bytes         BLOB    NOT NULL, -- canonical bytes as chained
  kind          INTEGER NOT NULL,
  state         INTEGER NOT NULL, -- 0 counted, 1 quarantined, 2 counted before under another journal
  utc_ms        INTEGER NOT NULL, -- corrected moment
  business_day  INTEGER NOT NULL, -- yyyymmdd, frozen at commit
  assignment_id INTEGER NOT NULL,
  aid_fen       INTEGER NOT NULL, -- paid amounts of a sale by class, as judged at commit
  ordinary_fen  INTEGER NOT NULL,
  unmapped_fen  INTEGER NOT NULL,
  line_class    INTEGER NOT NULL, -- class of every line; 0: see line_classes
  line_classes  BLOB    NULL      -- one byte per line when they differ
) STRICT;

-- Refunds by what they reverse. sale_position is null while the sale is absent or quarantined.
CREATE TABLE refunds (
  position         INTEGER PRIMARY KEY, -- the refund's own entry
  cabinet_id       TEXT    NOT NULL,
  refund_number    TEXT    NOT NULL,
  refund_day       INTEGER NOT NULL,
  sale_journal     BLOB    NOT NULL,
  sale_seq         INTEGER NOT NULL,
  line             INTEGER NOT NULL,
  amount_fen       INTEGER NOT NULL,
  sale_position    INTEGER NULL,
  sale_day         INTEGER NULL,
  sale_assignment  INTEGER NULL,
  class            INTEGER NULL
) STRICT;
CREATE INDEX refunds_of_sale ON refunds (sale_journal, sale_seq);
CREATE INDEX refunds_of_counted ON refunds (sale_position) WHERE sale_position IS NOT NULL;
CREATE UNIQUE INDEX refunds_by_number ON refunds (cabinet_id, refund_number);

-- Corrections of what an entry counted at commit. Append-only.
CREATE TABLE corrections (
  correction_id      INTEGER PRIMARY KEY,
  position           INTEGER NOT NULL,
  cause              TEXT    NOT NULL,
  aid_delta_fen      INTEGER NOT NULL,
  ordinary_delta_fen INTEGER NOT NULL,
  unmapped_delta_fen INTEGER NOT NULL,
  lines_delta        BLOB    NOT NULL, -- change of the count of lines: aid, ordinary, unmapped, one signed byte each
  line_classes       BLOB    NOT NULL, -- one byte per line, from now on
  catalogue_version  INTEGER NOT NULL,
  corrected_utc_ms   INTEGER NOT NULL,
  corrected_by       TEXT    NOT NULL
) STRICT;
CREATE INDEX corrections_of_entry ON corrections (position);

CREATE TABLE totals (
  cabinet_id         TEXT    NOT NULL,
  assignment_id      INTEGER NOT NULL,
  business_day       INTEGER NOT NULL, -- yyyymmdd, Asia/Shanghai by default
  class              INTEGER NOT NULL, -- 1 aid, 2 ordinary, 3 unmapped
  sales_fen          INTEGER NOT NULL,
  sales_lines        INTEGER NOT NULL,
  refunds_fen        INTEGER NOT NULL, -- by the refund's own day; positive
  refunds_of_day_fen INTEGER NOT NULL, -- by the day of the sale they reverse; positive
  PRIMARY KEY (cabinet_id, assignment_id, business_day, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  position           INTEGER PRIMARY KEY,
  cabinet_id         TEXT    NOT NULL,
  journal_id         BLOB    NOT NULL,
  seq                INTEGER NOT NULL,
  reason             INTEGER NOT NULL,
  detail             TEXT    NOT NULL,
  quarantined_utc_ms INTEGER NOT NULL,
  released_utc_ms    INTEGER NULL,
  released_by        TEXT    NULL
) STRICT;
CREATE INDEX quarantine_of_cabinet ON quarantine (cabinet_id);

-- Where a carried entry of a predecessor journal is counted, so that refunds which name the original find it.
CREATE TABLE carried (
  origin_journal BLOB    NOT NULL,
  origin_seq     INTEGER NOT NULL,
  journal_no     INTEGER NOT NULL, -- the journal it was carried into
  position       INTEGER NOT NULL, -- where it counts
  PRIMARY KEY (origin_journal, origin_seq, journal_no)
) STRICT, WITHOUT ROWID;

-- Ids of everything counted for a cabinet that has more than one journal; complete from the moment it is in
-- guarded_cabinets.
CREATE TABLE vend_guard (
  cabinet_id TEXT    NOT NULL,
  kind       INTEGER NOT NULL,
  id         TEXT    NOT NULL,
  position   INTEGER NOT NULL, -- the entry that counts
  PRIMARY KEY (cabinet_id, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE guarded_cabinets (
  cabinet_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- An entry that counts nothing because the same vend was counted at another position.
CREATE TABLE doubles (
  position         INTEGER PRIMARY KEY,
  counted_position INTEGER NOT NULL
) STRICT;

-- Numbers that a signed gap skipped; open until an export fills them.
CREATE TABLE gaps (
  gap_id          INTEGER PRIMARY KEY,
  journal_no      INTEGER NOT NULL,
  first_seq       INTEGER NOT NULL,
  last_seq        INTEGER NOT NULL,
  base_hash       BLOB    NOT NULL,
  last_hash       BLOB    NOT NULL,
  declared_utc_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX gaps_of_journal ON gaps (journal_no);

-- What each cabinet said of itself in its last hello; provisional until its backlog is committed.
CREATE TABLE hellos (
  cabinet_id         TEXT    PRIMARY KEY,
  journal_id         BLOB    NOT NULL,
  heard_utc_ms       INTEGER NOT NULL,
  tail_seq           INTEGER NOT NULL,
  backlog            INTEGER NOT NULL,
  oldest_unsent_utc_ms INTEGER NOT NULL,
  sales_fen          INTEGER NOT NULL,
  refunds_fen        INTEGER NOT NULL,
  sales              INTEGER NOT NULL,
  wall_offset_ms     INTEGER NOT NULL, -- the cabinet's wall clock minus the service's
  applied_config     TEXT    NOT NULL,
  agent_version      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
