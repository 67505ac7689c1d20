namespace KioskFleet.Service.Compliance;

/// <summary>
/// Puts answers about standings together: rows with projection, heads and the newest edition of their window.
/// Thread-safe.
/// </summary>
internal sealed class StandingsReports(
    StandingsReader reader, StandingsStore store, HeadsStore heads, EditionStore editions)
{
    private const int MaxAttempts = 3;

    /// <summary>A page of cabinets; null when too many entries would have to be read.</summary>
    public StandingsPage? Page(WindowAsk.Windows ask, StandingsFilter filter, bool projected)
    {
        if (reader.Read(ask) is not { } answers)
        {
            return null;
        }

        var rows = answers.SelectMany(a => a.Judged.Rows.Where(r => a.Holds(r.PolicyWindow)));
        rows = answers.Count > 1 ? rows.OrderBy(r => r.CabinetId, StringComparer.Ordinal) : rows;
        var page = StandingsPage.Of(Shown(answers), rows, filter);
        return page with
        {
            Items = [.. Dressed(page.Items, answers, projected ? ask.Moment : null)],
            UpToUtc = ask.Moment.UpTo(reader.Zone),
            CatalogueVersion = answers.Count > 0 ? answers[0].Context.CatalogueVersion : null,
            Edition = answers.Count == 1 ? Named(answers[0].Window) : null,
        };
    }

    /// <summary>
    /// The standings of one cabinet, one for each operator within the window, projected and with the heads that the
    /// figures stand on; null when there is no such cabinet.
    /// </summary>
    public IReadOnlyList<StandingRow>? OfCabinet(WindowAsk.Windows ask, string cabinetId)
    {
        var standOn = heads.Of(cabinetId);
        for (var attempt = 1; ; attempt++)
        {
            var answers = reader.Read(ask, cabinetId)
                ?? throw new InvalidOperationException("The entries of one cabinet have no limit.");
            var after = heads.Of(cabinetId);
            if (!standOn.SequenceEqual(after) && attempt < MaxAttempts)
            {
                // Something was committed meanwhile: nobody could say which heads the figures stand on.
                standOn = after;
                continue;
            }

            var rows = answers
                .SelectMany(a => a.Judged.Rows.Where(r => r.CabinetId == cabinetId && a.Holds(r.PolicyWindow)))
                .ToList();
            return rows.Count > 0 || store.Knows(cabinetId)
                ? [.. Dressed(rows, answers, ask.Moment).Select(r => r with { Heads = after })]
                : null;
        }
    }

    /// <summary>Operators, counties or the city; null when too many entries would have to be read.</summary>
    public PlaceStandings? Places(WindowAsk.Windows ask, IReadOnlyList<PlaceLevel> levels, bool projected)
    {
        if (reader.Read(ask) is not { } answers)
        {
            return null;
        }

        var parts = answers
            .Select(a => (Answer: a, Projected: projected ? reader.Project(a, ask.Moment) : null))
            .ToList();
        List<PlaceStanding> places =
            [.. levels.SelectMany(level => parts.SelectMany(p => Places(p.Answer, level, p.Projected)))];
        return new PlaceStandings(
            Shown(answers), ask.Moment.UpTo(reader.Zone),
            answers.Count > 0 ? answers[0].Context.CatalogueVersion ?? 0 : 0,
            answers.Count == 1 ? Named(answers[0].Window) : null,
            places)
        {
            Figures = FigureKind.Together(places.Select(p => p.Figures)),
        };
    }

    private IEnumerable<PlaceStanding> Places(
        WindowAnswer answer, PlaceLevel level,
        (WindowAnswer Answer, IReadOnlyDictionary<string, ProjectionBasis> Bases)? projection)
    {
        var places = Of(answer, level);
        if (projection is { } projected)
        {
            var later = Of(projected.Answer, level).ToDictionary(p => (p.OperatorId, p.PlaceCode));
            var counts = projected.Answer.Judged.Rows.Where(r => r.CurrentOperator)
                .ToLookup(r => KeyOf(level, r), r => projected.Bases[r.CabinetId]);
            places = [.. places.Select(p => p with
            {
                Projection = ProjectionAnswers.OfPlace(
                    later[(p.OperatorId, p.PlaceCode)],
                    [.. counts[(p.OperatorId, level is PlaceLevel.City ? "" : p.PlaceCode)]],
                    answer.Window),
            })];
        }

        return places.Where(p => answer.Holds(p.PolicyWindow));
    }

    private static (string Operator, string County) KeyOf(PlaceLevel level, StandingRow row) => level switch
    {
        PlaceLevel.OperatorInCounty => (row.OperatorId, row.CountyCode),
        PlaceLevel.Operator => (row.OperatorId, ""),
        PlaceLevel.County => ("", row.CountyCode),
        _ => ("", ""),
    };

    private IReadOnlyList<PlaceStanding> Of(WindowAnswer answer, PlaceLevel level) => PlaceStandingsRule.Of(
        level, answer.Sales, answer.Judged, new PlaceFrame(answer.Window, answer.Context, reader.Places));

    private IEnumerable<StandingRow> Dressed(
        IReadOnlyList<StandingRow> rows, IReadOnlyList<WindowAnswer> answers, AskedMoment? projectedFrom)
    {
        var named = answers.ToDictionary(a => a.Window.Name, a => Named(a.Window));
        var projections = projectedFrom is null || rows.Count == 0 ? []
            : answers.ToDictionary(a => a.Window.Name, a => Projections(a, projectedFrom));
        foreach (var row in rows)
        {
            var window = row.Window!.Name;
            yield return row with
            {
                Edition = named[window],
                Projection = projections.GetValueOrDefault(window)?.GetValueOrDefault((row.CabinetId, row.OperatorId)),
            };
        }
    }

    /// <summary>Where each cabinet goes under its present operator.</summary>
    private Dictionary<(string, string), ProjectionShown> Projections(WindowAnswer answer, AskedMoment moment) =>
        reader.Project(answer, moment) is not { } projected ? []
        : projected.Answer.Judged.Rows.Where(r => r.CurrentOperator).ToDictionary(
            r => (r.CabinetId, r.OperatorId),
            r => ProjectionAnswers.OfRow(r, projected.Bases[r.CabinetId], answer.Window));

    private EditionNamed? Named(JudgingWindow window) => EditionNamed.Of(editions.Newest(window));

    private ShownWindow Shown(IReadOnlyList<WindowAnswer> answers) => answers switch
    {
        [var one] => ShownWindow.Of(one.Window, reader.Zone),
        [] => new ShownWindow(StandingsReader.OwnWindow, reader.Today, reader.Today.AddDays(1), reader.Zone.Id),
        _ => new ShownWindow(
            StandingsReader.OwnWindow, answers.Min(a => a.Window.From), answers.Max(a => a.Window.To), reader.Zone.Id),
    };
}
