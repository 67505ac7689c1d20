namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// The program under test for one life: opens its files on the disk, appends, and reports each item that it has
/// answered. It ends by itself, on the token, or by the errors that a disk without power gives.
/// </summary>
/// <param name="disk">The disk; its folder holds what the last cut left.</param>
/// <param name="answered">To be called once per item, after the answer that promises durability. Thread-safe.</param>
/// <param name="powerLost">Cancelled when the power goes.</param>
internal delegate Task CutWorkload<TItem>(
    PowerLossDisk disk, Action<TItem> answered, CancellationToken powerLost);

/// <summary>Opens a folder as a power cut left it and says what is there. It may change this copy.</summary>
internal delegate Survivors<TItem> CutVerification<TItem>(string folder);

/// <summary>What is in a folder after a cut.</summary>
/// <param name="Items">The items that are wholly there.</param>
/// <param name="HalfItems">Number of items that are there in part, or contradict their neighbours.</param>
/// <param name="Damage">What is wrong with the files as such (unreadable, integrity check), or null.</param>
internal sealed record Survivors<TItem>(IReadOnlySet<TItem> Items, int HalfItems, string? Damage);

/// <summary>A campaign of power cuts against one program.</summary>
internal sealed record CutCampaignOptions<TItem>
    where TItem : notnull
{
    /// <summary>The program under test.</summary>
    public required CutWorkload<TItem> Workload { get; init; }

    /// <summary>The check after each cut.</summary>
    public required CutVerification<TItem> Verify { get; init; }

    /// <summary>Scratch folder; each round works in a folder of its own below it and removes that.</summary>
    public required string Folder { get; init; }

    /// <summary>Number of rounds, each with a fresh disk: at least 1.</summary>
    public int Rounds { get; init; } = 300;

    /// <summary>
    /// Cuts in a row within a round: at least 1. Each life goes on with what the last cut left, so that recovery is
    /// cut as well.
    /// </summary>
    public int LivesPerRound { get; init; } = 3;

    /// <summary>Seed of all chance in the campaign.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether rounds with findings leave their folders behind.</summary>
    public bool KeepsFoldersOfFindings { get; init; }
}
