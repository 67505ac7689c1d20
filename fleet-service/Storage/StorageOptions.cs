using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Storage;

/// <summary>What keeps the fleet's database.</summary>
internal enum StorageEngine
{
    /// <summary>One SQLite file in the data directory, for one service.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, for any number of services.</summary>
    PostgreSql,
}

/// <summary>Where and how the fleet service keeps what it knows. Section <c>Storage</c>; immutable.</summary>
internal sealed record StorageOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>What keeps the database. Default <see cref="StorageEngine.Sqlite"/>.</summary>
    public StorageEngine Engine { get; init; } = StorageEngine.Sqlite;

    /// <summary>The PostgreSQL server, when that is the engine.</summary>
    public PostgreSqlOptions PostgreSql { get; init; } = new();

    /// <summary>The name of the database file inside <see cref="DataDirectory"/>.</summary>
    public const string FileName = "fleet.db";

    /// <summary>
    /// The directory of the SQLite file and of this service's own files, made when absent; a relative path counts from
    /// the current directory. Default <c>data</c>.
    /// </summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>How long a connection waits for another writer's lock, in seconds. 1–120, default 10.</summary>
    public int BusyTimeoutSeconds { get; init; } = 10;

    /// <summary>
    /// Pages in the write-ahead log that start a checkpoint. 100–100,000, default 1,000: a log left to grow to
    /// 10,000 pages costs a third of the commit rate.
    /// </summary>
    public int WalAutocheckpointPages { get; init; } = 1_000;

    /// <summary>Page cache of the writer, in KiB; a reader takes a quarter. 1,024–4,194,304, default 32,768.</summary>
    public int CacheKibibytes { get; init; } = 32_768;

    /// <summary>Whether the whole file is read and checked at start (<c>quick_check</c>). Default true.</summary>
    public bool CheckAtStart { get; init; } = true;

    /// <summary>The full path of the SQLite file.</summary>
    public string DatabasePath => Path.Combine(Path.GetFullPath(DataDirectory), FileName);

    /// <summary>What messages call the database.</summary>
    public string Name => Engine == StorageEngine.PostgreSql ? PostgreSql.Name : DatabasePath;
}

/// <summary>Reports every wrong storage setting at once, naming the setting, what it got and what it takes.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var findings = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            findings.Add($"{StorageOptions.Section}:{nameof(StorageOptions.DataDirectory)}: "
                + "got nothing; takes the path of a directory.");
        }

        if (options.Engine == StorageEngine.PostgreSql)
        {
            Check(findings, options.PostgreSql);
        }

        Range(findings, nameof(StorageOptions.BusyTimeoutSeconds), options.BusyTimeoutSeconds, 1, 120);
        Range(findings, nameof(StorageOptions.WalAutocheckpointPages), options.WalAutocheckpointPages, 100, 100_000);
        Range(findings, nameof(StorageOptions.CacheKibibytes), options.CacheKibibytes, 1_024, 4_194_304);
        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }

    private static void Check(List<string> findings, PostgreSqlOptions server)
    {
        const string Section = nameof(StorageOptions.PostgreSql) + ":";
        Named(findings, Section + nameof(server.Host), server.Host);
        Named(findings, Section + nameof(server.Database), server.Database);
        Named(findings, Section + nameof(server.User), server.User);
        Range(findings, Section + nameof(server.Port), server.Port, 1, 65_535);
        Range(findings, Section + nameof(server.MaxConnections), server.MaxConnections, 6, 1_000);
        Range(findings, Section + nameof(server.IdleTransactionSeconds), server.IdleTransactionSeconds, 1, 600);
        Readable(findings, Section + nameof(server.PasswordFile), server.PasswordFile);
        Readable(findings, Section + nameof(server.RootCertificate), server.RootCertificate);
    }

    private static void Readable(List<string> findings, string setting, string path)
    {
        if (path.Length > 0 && !File.Exists(path))
        {
            findings.Add($"{StorageOptions.Section}:{setting}: got '{path}', where there is no file; takes the path of "
                + "a file that the service may read, or nothing.");
        }
    }

    private static void Named(List<string> findings, string setting, string got)
    {
        if (string.IsNullOrWhiteSpace(got))
        {
            findings.Add($"{StorageOptions.Section}:{setting}: got nothing; takes a name.");
        }
    }

    private static void Range(List<string> findings, string setting, int got, int least, int most)
    {
        if (got < least || got > most)
        {
            findings.Add($"{StorageOptions.Section}:{setting}: got {got}; takes {least} to {most}.");
        }
    }
}
