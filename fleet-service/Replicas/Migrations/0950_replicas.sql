-- A SQLite file has one service: nobody to tell of changes, and nobody to share work with.
SELECT 1;
