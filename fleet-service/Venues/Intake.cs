namespace KioskFleet.Service.Venues;

/// <summary>A row of what was sent: a document, or why it is none.</summary>
/// <param name="Line">Line of the file, row of the sheet or place in the request, from 1.</param>
/// <param name="DocumentNumber">Its number as sent; may be empty.</param>
/// <param name="Draft">The document; null when it is refused.</param>
/// <param name="Refusal">Why; null when it is a document.</param>
internal sealed record IntakeRow<TDraft>(int Line, string DocumentNumber, TDraft? Draft, Refusal? Refusal)
    where TDraft : class;

/// <summary>The document that has a number already.</summary>
/// <param name="Id">Its id in this service.</param>
/// <param name="DocumentNumber">The number.</param>
/// <param name="ReceivedUtc">When it was taken.</param>
/// <param name="ReceivedBy">From whom.</param>
internal sealed record FirstDocument(long Id, string DocumentNumber, DateTime ReceivedUtc, string ReceivedBy);

/// <summary>What became of a document. A closed set.</summary>
internal abstract record IntakeVerdict
{
    private IntakeVerdict()
    {
    }

    /// <summary>It counts from now on.</summary>
    /// <param name="Id">Its id in this service.</param>
    public sealed record Accepted(long Id) : IntakeVerdict;

    /// <summary>The same document was taken before; nothing changed.</summary>
    public sealed record Unchanged(FirstDocument First) : IntakeVerdict;

    /// <summary>It was not taken.</summary>
    /// <param name="Refusal">Why.</param>
    /// <param name="First">The document with the same number and another content, if that is why.</param>
    public sealed record Refused(Refusal Refusal, FirstDocument? First = null) : IntakeVerdict;
}

/// <summary>What became of a row.</summary>
internal sealed record IntakeOutcome(int Line, string DocumentNumber, IntakeVerdict Verdict);

/// <summary>A refused row as it is shown.</summary>
/// <param name="Line">Line of the file, row of the sheet or place in the request, from 1.</param>
/// <param name="DocumentNumber">Its number as sent; may be empty.</param>
/// <param name="Code">Why.</param>
/// <param name="Field">The field it is about.</param>
/// <param name="Got">What stood there, shortened.</param>
/// <param name="Zh">Why, in Chinese.</param>
/// <param name="En">Why, in English.</param>
/// <param name="First">The document with the same number and another content, if that is why.</param>
internal sealed record RefusedDocument(
    int Line, string DocumentNumber, string Code, string Field, string Got, string Zh, string En, FirstDocument? First);

/// <summary>What became of many documents.</summary>
/// <param name="Rows">Rows read.</param>
/// <param name="Accepted">Rows that count from now on.</param>
/// <param name="Unchanged">Rows that were taken before.</param>
/// <param name="RefusedCount">Rows that were not taken.</param>
/// <param name="Refused">Each of them, by line.</param>
/// <param name="IgnoredColumns">Columns of a table that mean nothing here.</param>
internal sealed record IntakeReport(
    int Rows, int Accepted, int Unchanged, int RefusedCount, IReadOnlyList<RefusedDocument> Refused,
    IReadOnlyList<string> IgnoredColumns)
{
    /// <summary>Makes the report.</summary>
    public static IntakeReport Of(
        IReadOnlyList<IntakeOutcome> outcomes, IReadOnlyList<string>? ignoredColumns = null)
    {
        var refused = outcomes.Where(o => o.Verdict is IntakeVerdict.Refused)
            .Select(o => Shown(o.Line, o.DocumentNumber, (IntakeVerdict.Refused)o.Verdict))
            .ToList();
        return new IntakeReport(
            outcomes.Count,
            outcomes.Count(o => o.Verdict is IntakeVerdict.Accepted),
            outcomes.Count(o => o.Verdict is IntakeVerdict.Unchanged),
            refused.Count,
            refused,
            ignoredColumns ?? []);
    }

    private static RefusedDocument Shown(int line, string number, IntakeVerdict.Refused refused)
    {
        var (refusal, text) = (refused.Refusal, refused.Refusal.Text);
        return new RefusedDocument(
            line, number, VenueJson.CodeOf(refusal.Code), refusal.Field, refusal.Shown, text.Zh, text.En,
            refused.First);
    }
}
