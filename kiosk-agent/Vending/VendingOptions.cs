namespace KioskFleet.Agent.Vending;

/// <summary>Settings of the vend flow. Immutable.</summary>
internal sealed record VendingOptions
{
    /// <summary>How long an approval reserves room without an outcome, in seconds. 10 to 86,400; default 600.</summary>
    public int ApprovalSeconds { get; init; } = 600;

    /// <summary>How long an open session reserves room, in seconds. 10 to 86,400; default 3,600.</summary>
    public int SessionSeconds { get; init; } = 3_600;

    /// <summary>Most approved vends and open sessions without an outcome. 1 to 1,024; default 64.</summary>
    public int MaxOpenVends { get; init; } = 64;

    /// <summary>What is wrong with the settings, each naming setting, value and range; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Check(problems, nameof(ApprovalSeconds), ApprovalSeconds, 10, 86_400);
        Check(problems, nameof(SessionSeconds), SessionSeconds, 10, 86_400);
        Check(problems, nameof(MaxOpenVends), MaxOpenVends, 1, 1_024);
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
