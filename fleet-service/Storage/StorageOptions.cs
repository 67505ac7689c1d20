using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Storage;

/// <summary>Where and how the fleet service keeps its one SQLite file. Section <c>Storage</c>; immutable.</summary>
internal sealed record StorageOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>The name of the database file inside <see cref="DataDirectory"/>.</summary>
    public const string FileName = "fleet.db";

    /// <summary>
    /// The directory of the database, made when absent; a relative path counts from the current directory.
    /// Default <c>data</c>.
    /// </summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>How long a connection waits for another process's lock, in seconds. 1–120, default 10.</summary>
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

    /// <summary>The full path of the database file.</summary>
    public string DatabasePath => Path.Combine(Path.GetFullPath(DataDirectory), FileName);
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

        Range(findings, nameof(StorageOptions.BusyTimeoutSeconds), options.BusyTimeoutSeconds, 1, 120);
        Range(findings, nameof(StorageOptions.WalAutocheckpointPages), options.WalAutocheckpointPages, 100, 100_000);
        Range(findings, nameof(StorageOptions.CacheKibibytes), options.CacheKibibytes, 1_024, 4_194_304);
        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }

    private static void Range(List<string> findings, string setting, int got, int least, int most)
    {
        if (got < least || got > most)
        {
            findings.Add($"{StorageOptions.Section}:{setting}: got {got}; takes {least} to {most}.");
        }
    }
}
