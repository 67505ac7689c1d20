namespace KioskFleet.Simulators.Restrict;

/// <summary>What a cabinet was asked and answered while it was cut off. For one cabinet; not thread-safe.</summary>
internal sealed class RunTally
{
    private readonly HashSet<string> _aidRefunds = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>Most problems that are kept in words.</summary>
    public const int MostProblems = 20;

    /// <summary>Vends approved, of every kind.</summary>
    public int Approved { get; set; }

    /// <summary>Vends denied because of the share.</summary>
    public int Denied { get; set; }

    /// <summary>Aid vends asked for.</summary>
    public int AidAsked { get; set; }

    /// <summary>Aid vends denied; must be 0.</summary>
    public int AidDenied { get; set; }

    /// <summary>
    /// Ordinary goods that were denied alone and passed together with at least as much aid.
    /// </summary>
    public int MixedPassed { get; set; }

    /// <summary>Baskets whose net effect is not negative and that were denied; must be 0.</summary>
    public int MixedDenied { get; set; }

    /// <summary>Denials without a text for the screen in one of the languages; must be 0.</summary>
    public int DenialsWithoutText { get; set; }

    /// <summary>Approvals of which nothing was heard until they ran out.</summary>
    public int Abandoned { get; set; }

    /// <summary>Approved vends that failed.</summary>
    public int Failed { get; set; }

    /// <summary>Vends approved before a business day ended and delivered after it.</summary>
    public int Straddled { get; set; }

    /// <summary>Refunds, of aid sales and others.</summary>
    public int Refunds { get; set; }

    /// <summary>Interruptions.</summary>
    public int Interruptions { get; set; }

    /// <summary>Entries recorded.</summary>
    public int Recorded { get; set; }

    /// <summary>Numbers of the refunds of aid sales.</summary>
    public IReadOnlySet<string> AidRefunds => _aidRefunds;

    /// <summary>What must not happen and did, in words.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Notes a refund of an aid sale.</summary>
    public void AddAidRefund(string number) => _aidRefunds.Add(number);

    /// <summary>Notes something that must not happen.</summary>
    public void AddProblem(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Begins anew: what was before the cut-off is not asked about.</summary>
    public void Forget()
    {
        (Approved, Denied, AidAsked, Recorded) = (0, 0, 0, 0);
        _aidRefunds.Clear();
    }

    /// <summary>All tallies together.</summary>
    public static RunTally Sum(IEnumerable<RunTally> tallies)
    {
        var sum = new RunTally();
        foreach (var one in tallies)
        {
            sum.Approved += one.Approved;
            sum.Denied += one.Denied;
            sum.AidAsked += one.AidAsked;
            sum.AidDenied += one.AidDenied;
            sum.MixedPassed += one.MixedPassed;
            sum.MixedDenied += one.MixedDenied;
            sum.DenialsWithoutText += one.DenialsWithoutText;
            sum.Abandoned += one.Abandoned;
            sum.Failed += one.Failed;
            sum.Straddled += one.Straddled;
            sum.Refunds += one.Refunds;
            sum.Interruptions += one.Interruptions;
            sum.Recorded += one.Recorded;
            sum._aidRefunds.UnionWith(one._aidRefunds);
            foreach (var problem in one._problems)
            {
                sum.AddProblem(problem);
            }
        }

        return sum;
    }
}
