-- Changes of what bills tell that were looked at.
ALTER TABLE edition_marks ADD COLUMN billed_change INTEGER NOT NULL DEFAULT 0;
