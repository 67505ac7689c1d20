using System.Text.RegularExpressions;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>
/// What tests write by hand in SQLite's words, as PostgreSQL writes it: bytes, and triggers that spoil a write.
/// </summary>
internal static partial class PostgreSqlTestText
{
    /// <summary>
    /// Functions of SQLite that tests use; made once in the database that all others are copied from.
    /// </summary>
    public const string Functions = """
        CREATE FUNCTION hex(bytes BYTEA) RETURNS TEXT LANGUAGE sql IMMUTABLE
          RETURN upper(encode(coalesce(bytes, ''), 'hex'));
        CREATE FUNCTION zeroblob(size INTEGER) RETURNS BYTEA LANGUAGE sql IMMUTABLE
          RETURN decode(repeat('00', size), 'hex');
        """;

    /// <summary>The text in the server's words.</summary>
    public static string Of(string sql)
    {
        sql = Bytes().Replace(sql, "'\\x$1'::bytea").Replace("AS BLOB", "AS BYTEA", StringComparison.Ordinal);
        sql = Dropped().Replace(sql, """
            DO $do$ DECLARE place regclass; BEGIN
              FOR place IN SELECT tgrelid FROM pg_trigger WHERE tgname = '$1' AND tgparentid = 0 LOOP
                EXECUTE format('DROP TRIGGER $1 ON %s', place);
              END LOOP;
            END $do$
            """);
        return Made().Replace(sql, match =>
        {
            var (name, head, when, body) =
                (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value.Trim(), match.Groups[4].Value);
            var raised = Raised().Replace(
                body, "RAISE EXCEPTION '$1' USING ERRCODE = 'integrity_constraint_violation'");
            return $"""
                CREATE OR REPLACE FUNCTION {name}_now() RETURNS trigger LANGUAGE plpgsql AS $now$
                BEGIN {raised}; RETURN NEW; END $now$;
                CREATE TRIGGER {name} {head} FOR EACH ROW {(when.Length > 0 ? $"WHEN ({when})" : "")}
                EXECUTE FUNCTION {name}_now()
                """;
        });
    }

    [GeneratedRegex("[xX]'([0-9a-fA-F]*)'")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"DROP TRIGGER (?:IF EXISTS )?(\w+)")]
    private static partial Regex Dropped();

    [GeneratedRegex(@"CREATE TRIGGER (\w+) ((?:BEFORE|AFTER) \w+ ON \w+)(?:\s+WHEN (.*?))?\s+BEGIN (.*?); END",
        RegexOptions.Singleline)]
    private static partial Regex Made();

    [GeneratedRegex(@"SELECT RAISE\(ABORT, '([^']*)'\)")]
    private static partial Regex Raised();
}
