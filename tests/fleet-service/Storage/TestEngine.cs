using System.Data.Common;
using System.Text;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>
/// The engine that the tests run on: SQLite, or with <c>KIOSKFLEET_TEST_ENGINE=postgresql</c> a PostgreSQL server that
/// lives as long as the tests. Every test has a database of its own there, copied from one that was migrated once.
/// Thread-safe.
/// </summary>
internal static class TestEngine
{
    private const string Template = "kf_test";

    private static readonly Lock Making = new();
    private static PostgreSqlServer? _server;
    private static NpgsqlDataSource? _admin;
    private static int _made;

    /// <summary>True when the tests run on PostgreSQL.</summary>
    public static bool IsPostgreSql { get; } =
        Environment.GetEnvironmentVariable("KIOSKFLEET_TEST_ENGINE") is "postgresql";

    /// <summary>Options of a new database of the tests' engine, in a folder.</summary>
    /// <exception cref="InvalidOperationException">The suite says that it runs once.</exception>
    public static StorageOptions Options(string folder)
    {
        if (TestContext.Current.TestClass is { } suite && suite.Traits.ContainsKey(RunsOnceAttribute.Trait))
        {
            throw new InvalidOperationException($"{suite.TestClassName} is marked [RunsOnce] and asks for the run's "
                + "engine: take the mark away, then it runs over both engines.");
        }

        return IsPostgreSql ? PostgreSql(folder) : new StorageOptions { DataDirectory = folder };
    }

    /// <summary>Options of a new database on the PostgreSQL server.</summary>
    public static StorageOptions PostgreSql(string folder)
    {
        ServerAvailability.RequirePostgreSql();
        lock (Making)
        {
            if (_server is null)
            {
                Start(folder);
            }

            // Files are copied in a third of the time that it takes to write their pages to the log.
            var name = $"{Template}_{++_made}";
            Run($"CREATE DATABASE {name} TEMPLATE {Template} STRATEGY FILE_COPY");
            return At(folder, name);
        }
    }

    /// <summary>The settings of such options, by path.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(StorageOptions options)
    {
        yield return new("Storage:DataDirectory", options.DataDirectory);
        if (options.Engine == StorageEngine.PostgreSql)
        {
            yield return new("Storage:Engine", nameof(StorageEngine.PostgreSql));
            yield return new("Storage:PostgreSql:Host", options.PostgreSql.Host);
            yield return new("Storage:PostgreSql:Port", $"{options.PostgreSql.Port}");
            yield return new("Storage:PostgreSql:User", options.PostgreSql.User);
            yield return new("Storage:PostgreSql:Database", options.PostgreSql.Database);
            yield return new("Storage:PostgreSql:PasswordFile", options.PostgreSql.PasswordFile);
            yield return new("Storage:PostgreSql:MaxConnections", $"{options.PostgreSql.MaxConnections}");
        }
    }

    /// <summary>Ends a database.</summary>
    public static void Drop(StorageOptions options)
    {
        if (options.Engine == StorageEngine.PostgreSql)
        {
            Run($"DROP DATABASE IF EXISTS {options.PostgreSql.Database} WITH (FORCE)");
        }
    }

    /// <summary>The driver's connection of either engine, for what no store does.</summary>
    public static DbConnection Driver(this FleetConnection connection) => connection is SqliteFleetConnection file
        ? file.Driver
        : ((PostgreSqlFleetConnection)connection).Driver;

    /// <summary>
    /// A command of either engine, in SQLite's words as far as <see cref="PostgreSqlTestText"/> knows them.
    /// </summary>
    public static DbCommand Command(this FleetConnection connection, string sql)
    {
        var command = connection.Driver().CreateCommand();
        command.CommandText = connection is SqliteFleetConnection ? sql : PostgreSqlTestText.Of(sql);
        return command;
    }

    /// <summary>Runs statements of either engine.</summary>
    public static int Run(this FleetConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        return command.ExecuteNonQuery();
    }

    /// <summary>Everything that a database holds: the file's bytes, or the rows of all tables as text.</summary>
    public static byte[] AllOf(FleetDatabase database, string folder)
    {
        if (!IsPostgreSql)
        {
            var path = Path.Combine(folder, "copy.db");
            database.BackupTo(path);
            return File.ReadAllBytes(path);
        }

        using var connection = database.OpenReader();
        var tables = connection.Query(
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'",
            row => row.Text(0));
        return [.. tables.SelectMany(table => connection.Query(
            $"SELECT CAST(r AS TEXT) FROM {table} r", row => Encoding.UTF8.GetBytes(row.Text(0)))).SelectMany(r => r)];
    }

    /// <summary>A query of the names of a table's columns.</summary>
    public static string ColumnsOf(string table) => IsPostgreSql
        ? $"""
          SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0
            AND attname <> 'commit_month' ORDER BY attnum
          """
        : $"SELECT name FROM pragma_table_info('{table}')";

    /// <summary>A query of the names of the columns of a table's primary key.</summary>
    public static string KeyOf(string table) => IsPostgreSql
        ? $"""
          SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
          WHERE i.indrelid = (SELECT coalesce(min(h.inhrelid), '{table}'::regclass) FROM pg_inherits h
                              WHERE h.inhparent = '{table}'::regclass)
            AND i.indisprimary AND a.attname <> 'commit_month'
          ORDER BY array_position(i.indkey::int[], a.attnum::int)
          """
        : $"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk";

    /// <summary>Sums totals of days that were written by hand to months and weeks, as the ledger does.</summary>
    public static void SumWindows(FleetConnection connection)
    {
        connection.Execute("DELETE FROM window_totals");
        using var windows = new WindowTotalsTable(connection);
        foreach (var (cabinet, assignment, day, of, change) in connection.Query(
            """
            SELECT cabinet_id, assignment_id, business_day, class, sales_fen, sales_lines, refunds_fen,
                   refunds_of_day_fen
            FROM totals
            """,
            row => (row.Text(0), row.Long(1), (int)row.Long(2), (ProductClass)row.Long(3), new TotalsChange
            {
                SalesFen = row.Long(4),
                SalesLines = row.Long(5),
                RefundsFen = row.Long(6),
                RefundsOfDayFen = row.Long(7),
            })))
        {
            windows.Add(Protocol.Identity.CabinetId.Parse(cabinet), assignment, day, of, change);
        }

        windows.Flush();
        connection.FlushRows();
    }

    private static StorageOptions At(string folder, string database) => new()
    {
        DataDirectory = folder,
        Engine = StorageEngine.PostgreSql,
        PostgreSql = new PostgreSqlOptions
        {
            Host = PostgreSqlServer.Host,
            Port = _server!.Port,
            User = PostgreSqlServer.User,
            PasswordFile = _server.PasswordFile,
            Database = database,
            MaxConnections = 24,
        },
    };

    /// <summary>Starts the server, which ends with this process, and makes what is copied.</summary>
    private static void Start(string folder)
    {
        _server = PostgreSqlServer.StartAsync().GetAwaiter().GetResult();
        _admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = PostgreSqlServer.Host,
            Port = _server.Port,
            Username = PostgreSqlServer.User,
            Password = File.ReadAllText(_server.PasswordFile),
            Database = "postgres",
            MaxPoolSize = 2,
        });
        Run($"CREATE DATABASE {Template} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
        using var made = FleetDatabase.Open(
            At(folder, Template), TimeProvider.System, NullLogger<FleetDatabase>.Instance);
        using var connection = made.OpenWriter();
        connection.Script(PostgreSqlTestText.Functions);
    }

    private static void Run(string sql)
    {
        using var command = _admin!.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
