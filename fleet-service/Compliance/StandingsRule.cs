using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>Standings of a window and what they were judged by together.</summary>
/// <param name="Rows">One row per cabinet and operator.</param>
/// <param name="Units">The amounts of what is judged together.</param>
internal sealed record JudgedWindow(IReadOnlyList<StandingRow> Rows, JudgedUnits Units);

/// <summary>
/// Makes standings from a window's sales and the policies: two walks over the assignments, one look-up of a policy for
/// each cabinet and operator. Pure.
/// </summary>
internal static class StandingsRule
{
    /// <summary>The rows of <see cref="Judge(WindowSales, JudgingWindow, JudgingContext)"/> at the present moment.
    /// </summary>
    public static IReadOnlyList<StandingRow> Judge(
        WindowSales sales, JudgingWindow window, (PolicyBook Policies, BusinessZone Zone) by, DateTimeOffset now) =>
        Judge(sales, window, JudgingContext.At(by.Policies, by.Zone, window, now)).Rows;

    /// <summary>
    /// One row per cabinet and operator, by cabinet and then in the order of the operators' assignments. A cabinet's
    /// sales under an operator count together wherever they were made; a new operator does not inherit its
    /// predecessor's. What a policy judges together has the sales made there: they stay when a cabinet moves on.
    /// </summary>
    public static JudgedWindow Judge(WindowSales sales, JudgingWindow window, JudgingContext context)
    {
        var assignments = ByCabinet(sales.Assignments);
        var judgements = new List<Judgement>(assignments.Count);
        var units = new JudgedUnits();
        for (var first = 0; first < assignments.Count;)
        {
            var next = first + 1;
            while (next < assignments.Count && assignments[next].CabinetId == assignments[first].CabinetId)
            {
                next++;
            }

            AddCabinet(assignments, (first, next), judgements);
            first = next;
        }

        for (var i = 0; i < judgements.Count; i++)
        {
            var judgement = judgements[i];
            judgement.Policy = PolicyOf(judgement.Last, context);
            judgements[i] = judgement;
            for (var a = judgement.First; a < judgement.Next; a++)
            {
                var assignment = assignments[a];
                if (assignment.OperatorId == judgement.Last.OperatorId)
                {
                    units.Add(assignment.CountyCode == judgement.Last.CountyCode
                        ? judgement.Policy
                        : PolicyOf(assignment, context), assignment);
                }
            }
        }

        var frame = new RowFrame(sales, window, context);
        var rows = new StandingRow[judgements.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = Row(judgements[i], units, frame);
        }

        return new JudgedWindow(rows, units);
    }

    /// <summary>A cabinet under one operator; its assignments lie in [First, Next).</summary>
    private record struct Judgement(
        int First, int Next, AssignmentSales Last, ClassAmounts Amounts, bool Current, Policy? Policy);

    /// <summary>What all rows of an answer share.</summary>
    private sealed class RowFrame(WindowSales sales, JudgingWindow window, JudgingContext context)
    {
        public JudgingWindow Window => window;

        public JudgingContext Context => context;

        public FiguresProof Proof => sales.Proof;

        public ShownWindow Shown { get; } = ShownWindow.Of(window, context.Zone);

        public DateTimeOffset? CompleteUntil(string cabinetId) =>
            sales.CompleteUntilUtcMs.TryGetValue(cabinetId, out var until)
                ? DateTimeOffset.FromUnixTimeMilliseconds(until)
                : null;
    }

    private static void AddCabinet(
        IReadOnlyList<AssignmentSales> assignments, (int First, int Next) range, List<Judgement> judgements)
    {
        var firstOfCabinet = judgements.Count;
        var newest = assignments[range.First];
        for (var i = range.First; i < range.Next; i++)
        {
            var assignment = assignments[i];
            newest = assignment.FromUtcMs > newest.FromUtcMs ? assignment : newest;
            var at = firstOfCabinet;
            while (at < judgements.Count && judgements[at].Last.OperatorId != assignment.OperatorId)
            {
                at++;
            }

            if (at == judgements.Count)
            {
                judgements.Add(new Judgement(range.First, range.Next, assignment, assignment.Amounts, false, null));
                continue;
            }

            var there = judgements[at];
            there.Last = assignment.FromUtcMs > there.Last.FromUtcMs ? assignment : there.Last;
            there.Amounts += assignment.Amounts;
            judgements[at] = there;
        }

        for (var i = firstOfCabinet; i < judgements.Count; i++)
        {
            judgements[i] = judgements[i] with { Current = judgements[i].Last.OperatorId == newest.OperatorId };
        }
    }

    private static Policy? PolicyOf(AssignmentSales sales, JudgingContext context) => context.Policies.ForCabinet(
        new PolicySubject(sales.CabinetId, sales.OperatorId, sales.CountyCode), context.Day);

    private static StandingRow Row(in Judgement of, JudgedUnits units, RowFrame frame)
    {
        var policy = of.Policy;
        var day = frame.Context.Day;
        var unit = policy is null ? of.Amounts
            : units.Of(policy, of.Last.OperatorId, of.Last.CountyCode) ?? of.Amounts;
        var threshold = policy?.ThresholdOn(day) ?? 0;
        var final = frame.Context.FinalFrom(frame.Window, policy);
        return new StandingRow
        {
            CabinetId = of.Last.CabinetId,
            OperatorId = of.Last.OperatorId,
            CurrentOperator = of.Current,
            CountyCode = of.Last.CountyCode,
            SiteName = of.Last.SiteName,
            Life = of.Last.Life,
            Standing = policy is null ? Standing.NoData : AidShareRule.Judge(
                unit.AidFen, unit.TotalFen, threshold, policy.WarningMarginBasisPoints, policy.MinimumTurnoverFen),
            AidFen = of.Amounts.AidFen,
            OrdinaryFen = of.Amounts.OrdinaryFen,
            UnmappedFen = of.Amounts.UnmappedFen,
            TotalFen = of.Amounts.TotalFen,
            ShareBasisPoints = AidShareRule.ShareBasisPoints(of.Amounts.AidFen, of.Amounts.TotalFen),
            UnmappedBasisPoints = AidShareRule.ShareBasisPoints(of.Amounts.UnmappedFen, of.Amounts.TotalFen),
            Judged = Words.Of(policy?.Judged ?? Judged.Cabinet),
            JudgedAidFen = unit.AidFen,
            JudgedUnmappedFen = unit.UnmappedFen,
            JudgedTotalFen = unit.TotalFen,
            HeadroomFen = AidShareRule.HeadroomFen(unit.AidFen, unit.TotalFen, threshold),
            ShortfallFen = AidShareRule.ShortfallFen(unit.AidFen, unit.TotalFen, threshold),
            PolicyId = policy?.Id,
            PolicyVersion = policy?.Version,
            PolicyWindow = policy?.Window,
            ThresholdBasisPoints = policy is null ? null : threshold,
            Provisional = frame.Context.Now < final,
            FinalFromUtc = final,
            DataCompleteUntilUtc = frame.CompleteUntil(of.Last.CabinetId),
            Figures = frame.Proof.OfRow(
                of.Last.CabinetId, of.Last.OperatorId, of.Last.CountyCode, policy?.Judged ?? Judged.Cabinet),
            Window = frame.Shown,
            CatalogueVersion = frame.Context.CatalogueVersion,
        };
    }

    /// <summary>The assignments of a cabinet side by side; as they come when they do already.</summary>
    private static IReadOnlyList<AssignmentSales> ByCabinet(IReadOnlyList<AssignmentSales> assignments)
    {
        for (var i = 1; i < assignments.Count; i++)
        {
            if (string.CompareOrdinal(assignments[i - 1].CabinetId, assignments[i].CabinetId) > 0)
            {
                return [.. assignments.OrderBy(a => a.CabinetId, StringComparer.Ordinal)];
            }
        }

        return assignments;
    }

    private static class Words
    {
        public static string Of(Judged judged) => judged switch
        {
            Judged.OperatorInCounty => "operatorInCounty",
            Judged.County => "county",
            _ => "cabinet",
        };
    }
}
