namespace KioskFleet.Agent.Journal;

/// <summary>How SQLite syncs. Anything but <see cref="Full"/> exists for the power-loss campaign only.</summary>
internal enum JournalSync
{
    /// <summary>A commit is on the disk when it returns: the promise.</summary>
    Full,

    /// <summary>Nothing is synced: must fail the campaign.</summary>
    Off,
}

/// <summary>Settings of the journal. Immutable.</summary>
internal sealed record JournalOptions
{
    /// <summary>The agent's folder; journals lie in its subfolder <c>journals</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Days that committed entries are kept. 1 to 36,500; default 400.</summary>
    public int RetentionDays { get; init; } = 400;

    /// <summary>Free bytes below which vend requests are denied. 1 MiB to 1 TiB; default 64 MiB.</summary>
    public long MinFreeBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes reserved for the outcome of one approved vend. 64 KiB to 16 MiB; default 128 KiB.</summary>
    public int BytesPerApproval { get; init; } = 128 * 1024;

    /// <summary>Approvals for which <c>reserve.bin</c> holds room. 1 to 1,024; default 64.</summary>
    public int ReservedApprovals { get; init; } = 64;

    /// <summary>Name of the SQLite VFS; null for the default. For the power-loss campaign.</summary>
    public string? Vfs { get; init; }

    /// <summary>How SQLite syncs. For the power-loss campaign.</summary>
    public JournalSync Synchronous { get; init; } = JournalSync.Full;

    /// <summary>
    /// Told of each step of a succession when it is durable; for tests and simulators that stop there.
    /// </summary>
    public Action<SuccessionStep>? OnSuccessionStep { get; init; }

    /// <summary>The folder of the journal files.</summary>
    public string JournalsDirectory => Path.Combine(DataDirectory, "journals");

    /// <summary>What is wrong with the settings, each naming setting, value and range; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(DataDirectory))
        {
            problems.Add($"{nameof(DataDirectory)} is empty: it takes the path of a folder.");
        }

        Check(problems, nameof(RetentionDays), RetentionDays, 1, 36_500);
        Check(problems, nameof(MinFreeBytes), MinFreeBytes, 1L << 20, 1L << 40);
        Check(problems, nameof(BytesPerApproval), BytesPerApproval, 64 * 1024, 16 * 1024 * 1024);
        Check(problems, nameof(ReservedApprovals), ReservedApprovals, 1, 1_024);
        return problems;
    }

    private static void Check(List<string> problems, string name, long value, long low, long high)
    {
        if (value < low || value > high)
        {
            problems.Add($"{name} is {value}: it takes {low} to {high}.");
        }
    }
}
