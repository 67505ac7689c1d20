namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>A mistake built in around the product's classes, to prove that the simulation would find it.</summary>
internal enum Sabotage
{
    /// <summary>No mistake.</summary>
    None,

    /// <summary>The service commits a batch that begins behind a hole which nobody declared.</summary>
    AcceptGap,

    /// <summary>A restarted replica takes the heads of all journals for empty.</summary>
    ForgetHeadOnRestart,

    /// <summary>The receipt is sent before the transaction commits.</summary>
    ReceiptBeforeCommit,

    /// <summary>A transaction whose outcome nobody knows is receipted as committed.</summary>
    ReceiptOnUnknownCommit,

    /// <summary>The agent takes any receipt as the answer to the message in flight.</summary>
    TrustAnyReceipt,

    /// <summary>The service takes numbers it knows for a duplicate without comparing hashes.</summary>
    DuplicateWithoutHash,

    /// <summary>Carried entries and a successor's first ones are counted without looking for them elsewhere.</summary>
    NoVendGuard,

    /// <summary>The refill of a superseded journal is counted without looking for its entries elsewhere.</summary>
    NoGuardOnRefill,

    /// <summary>The agent answers a sale before its journal is fsynced.</summary>
    AnswerBeforeFsync,

    /// <summary>Retention deletes entries whether they are committed or not.</summary>
    RetentionIgnoresCommit,

    /// <summary>The agent believes heads that its journal does not hold.</summary>
    BelieveAnyHead,

    /// <summary>After a rewind the agent goes on one entry too late until a batch is committed.</summary>
    ResendSkipsOne,

    /// <summary>A transaction commits from a cached head without comparing it with the database's.</summary>
    NoCompareAndSet,

    /// <summary>The replicas keep their caches when the ledger is restored from a backup.</summary>
    CacheSurvivesRestore,

    /// <summary>A successor journal leaves the unsent entries of its predecessor behind.</summary>
    CarryNothing,

    /// <summary>The agent never moves its committed mark back.</summary>
    KeepMarkAfterRestore,

    /// <summary>A newer hello replaces an announced tail that nothing has proven yet.</summary>
    LatestWitnessWins,

    /// <summary>A closed journal that the service refuses is given up for good.</summary>
    AbandonRefusedRefill,
}

/// <summary>Names of the built-in mistakes on the command line.</summary>
internal static class SabotageNames
{
    /// <summary>Every mistake with its name, for example <c>accept-gap</c>.</summary>
    public static IReadOnlyList<(string Name, Sabotage Sabotage)> All { get; } =
        [.. Enum.GetValues<Sabotage>().Where(s => s != Sabotage.None).Select(s => (NameOf(s), s))];

    /// <summary>The name of a mistake in lower case with hyphens.</summary>
    public static string NameOf(Sabotage sabotage)
    {
        var text = new System.Text.StringBuilder();
        foreach (var c in sabotage.ToString())
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>Reads a name; false when there is no such mistake.</summary>
    public static bool TryParse(string? name, out Sabotage sabotage)
    {
        foreach (var (known, value) in All)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            {
                sabotage = value;
                return true;
            }
        }

        sabotage = Sabotage.None;
        return false;
    }
}
