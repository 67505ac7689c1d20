using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>What came of an import.</summary>
internal abstract record ImportOutcome
{
    /// <summary>The file was read; good rows are in the catalogue, the others are listed.</summary>
    internal sealed record Imported(ImportReport Report) : ImportOutcome;

    /// <summary>The file as a whole was refused; nothing changed.</summary>
    internal sealed record Refused(FileProblem Problem, string Got, Bilingual Text) : ImportOutcome;
}

/// <summary>The report of an import.</summary>
/// <param name="CatalogueVersion">The version in force afterwards.</param>
/// <param name="Changed">Whether the import made that version.</param>
/// <param name="Encoding">How the file was decoded.</param>
/// <param name="RowsRead">Data rows of the file.</param>
/// <param name="RowsChanged">Rows that changed something.</param>
/// <param name="RowsUnchanged">Rows that the catalogue held already.</param>
/// <param name="RowsRefused">Rows that were not taken.</param>
/// <param name="Refused">Each of them, by line.</param>
/// <param name="IgnoredColumns">Columns that mean nothing here.</param>
internal sealed record ImportReport(
    long CatalogueVersion,
    bool Changed,
    string Encoding,
    int RowsRead,
    int RowsChanged,
    int RowsUnchanged,
    int RowsRefused,
    IReadOnlyList<ReportedRow> Refused,
    IReadOnlyList<string> IgnoredColumns);

/// <summary>A refused row as it is shown.</summary>
internal sealed record ReportedRow(int Line, RefusalReason Reason, string Got, int? OtherLine, Bilingual Text);

/// <summary>
/// Imports a file into the catalogue: reads it, plans, commits in one transaction and puts the new snapshot in force.
/// Thread-safe; imports run one after another.
/// </summary>
internal sealed class CatalogueImporter(
    FleetDatabase database,
    CurrentCatalogue current,
    BusinessZone zone,
    TimeProvider time,
    ILogger<CatalogueImporter> log) : IDisposable
{
    /// <summary>The texts of refusals.</summary>
    internal static readonly TwoLanguages Texts = new("KioskFleet.Service.Catalogue.CatalogueText");

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Imports the bytes of a file.</summary>
    /// <param name="bytes">CSV in UTF-8 (with or without byte order mark) or GB18030.</param>
    /// <param name="madeBy">The person or program, for the record.</param>
    /// <param name="source">The file's name, or what stands for it.</param>
    /// <param name="cancellationToken">Given up before the commit: nothing changed.</param>
    public async Task<ImportOutcome> ImportAsync(
        byte[] bytes, string madeBy, string source, CancellationToken cancellationToken = default)
    {
        var reading = CatalogueFile.Read(bytes, zone);
        if (reading is CatalogueFileReading.Unreadable unreadable)
        {
            CatalogueLog.FileRefused(log, source, madeBy, unreadable.Problem);
            return new ImportOutcome.Refused(
                unreadable.Problem, unreadable.Got, Texts[unreadable.Problem.ToString()]);
        }

        var table = (CatalogueFileReading.Table)reading;
        await _one.WaitAsync(cancellationToken);
        try
        {
            var (plan, version) = await TakeAsync(table, madeBy, source, cancellationToken);
            var report = Report(table, plan, version);
            CatalogueLog.Imported(
                log, source, madeBy, report.RowsChanged, report.RowsUnchanged, report.RowsRefused, version);
            return new ImportOutcome.Imported(report);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<(CataloguePlan Plan, long Version)> TakeAsync(
        CatalogueFileReading.Table table, string madeBy, string source, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        CatalogueState state;
        using (var reader = database.OpenReader())
        {
            state = CatalogueStore.Read(reader);
        }

        // Planned outside the writers' queue, so that a large file does not hold up the ledger.
        var plan = CataloguePlanner.Plan(state, table.Rows, now);
        if (plan.Changes.Count == 0)
        {
            return (plan, state.Version);
        }

        var next = await database.WriteAsync(
            (connection, _) =>
            {
                if (CatalogueStore.Version(connection) != state.Version)
                {
                    // Another process imported meanwhile.
                    plan = CataloguePlanner.Plan(CatalogueStore.Read(connection), table.Rows, now);
                }

                if (plan.Changes.Count > 0)
                {
                    CatalogueStore.Write(connection, plan.Changes, new CatalogueOrigin(now, madeBy, source));
                }

                return CatalogueStore.Read(connection);
            },
            cancellationToken);
        current.Replace(CatalogueSnapshot.From(next));
        return (plan, next.Version);
    }

    private static ImportReport Report(CatalogueFileReading.Table table, CataloguePlan plan, long version)
    {
        var refused = table.Refused.Concat(plan.Refused)
            .OrderBy(r => r.Line)
            .Select(r => new ReportedRow(r.Line, r.Reason, r.Got, r.OtherLine, Texts[r.Reason.ToString()]))
            .ToList();
        return new ImportReport(
            version,
            plan.Changes.Count > 0,
            table.Encoding,
            table.Rows.Count + table.Refused.Count,
            plan.ChangedRows,
            plan.UnchangedRows,
            refused.Count,
            refused,
            table.IgnoredColumns);
    }
}
