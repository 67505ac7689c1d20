using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>What came of an import. A closed set.</summary>
internal abstract record ImportOutcome
{
    private ImportOutcome()
    {
    }

    /// <summary>The file was read; good rows are in the catalogue, the others are listed.</summary>
    internal sealed record Imported(ImportReport Report) : ImportOutcome;

    /// <summary>The file as a whole was refused; nothing changed.</summary>
    internal sealed record Refused(TableProblem Problem, string Got, Bilingual Text) : ImportOutcome;
}

/// <summary>The report of an import.</summary>
/// <param name="CatalogueVersion">The version in force afterwards.</param>
/// <param name="Changed">Whether the import made that version.</param>
/// <param name="Encoding">How the file was read: <c>utf-8</c>, <c>gb18030</c> or <c>xlsx</c>.</param>
/// <param name="RowsRead">Data rows of the file: changed, unchanged and refused together.</param>
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
    CatalogueVersionStore versions, FleetDatabase database, PlanningGuardStore guardStore, PlacesDataSet places,
    ILogger<CatalogueImporter> log) : IDisposable
{
    private readonly CatalogueTimes _times = new(places.Zone);
    private readonly CountyCodes _counties = new(places);
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Imports the bytes of a file.</summary>
    /// <param name="bytes">CSV in UTF-8 (with or without byte order mark) or GB18030, or xlsx.</param>
    /// <param name="madeBy">The person or program, for the record.</param>
    /// <param name="source">The file's name, or what stands for it.</param>
    /// <param name="cancellationToken">Given up before the commit: nothing changed.</param>
    public async Task<ImportOutcome> ImportAsync(
        byte[] bytes, string madeBy, string source, CancellationToken cancellationToken = default)
    {
        // Read one after another, too: a file may unpack to many times its size.
        await _one.WaitAsync(cancellationToken);
        try
        {
            var reading = TableFile.Read(bytes, CatalogueLimits.Import);
            if (reading is TableReading.Unreadable unreadable)
            {
                CatalogueLog.FileRefused(log, source, madeBy, unreadable.Problem);
                return new ImportOutcome.Refused(
                    unreadable.Problem, unreadable.Got, TableTexts.Of(unreadable.Problem));
            }

            var table = (TableReading.Table)reading;
            var report = await TakeAsync(table, new CatalogueOrigin(madeBy, source), cancellationToken);
            CatalogueLog.Imported(
                log, source, madeBy, report.RowsChanged, report.RowsUnchanged, report.RowsRefused,
                report.CatalogueVersion);
            return new ImportOutcome.Imported(report);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<ImportReport> TakeAsync(
        TableReading.Table table, CatalogueOrigin origin, CancellationToken cancellationToken)
    {
        var (rows, refused) = Read(table);

        // Planned outside the writers' queue, so that a large file does not hold up the ledger.
        var present = versions.Present;
        var guards = ReadGuards();
        var (plan, edition) = Plan(present, rows, guards, versions.NowUtcMs);
        if (plan.Changes.Count == 0)
        {
            return Report(table, refused, plan, present.State.Version);
        }

        return await versions.ChangeAsync(
            turn =>
            {
                var guardsNow = guardStore.Read(turn.Connection);
                if (!ReferenceEquals(turn.Catalogue, present) || !guardsNow.SaysTheSameAs(guards)
                    || (!guardsNow.IsSettingUp && PastRule.IsTouchedBy(plan.Changes, turn.NowUtcMs)))
                {
                    // Meanwhile somebody made another version, took a step or enrolled the first cabinet, or a
                    // beginning has come to lie in the past.
                    (plan, edition) = Plan(turn.Catalogue, rows, guardsNow, turn.NowUtcMs);
                }

                var before = turn.Catalogue.State.Version;
                if (edition is null)
                {
                    return Report(table, refused, plan, before);
                }

                var version = turn.Commit(edition, origin);
                RecognitionStore.Follow(turn, version, origin.MadeBy, $"imported: {origin.Source}");
                var report = Report(table, refused, plan, version);
                AuditLog.Write(turn.Connection, new AuditEntry(
                    turn.NowUtcMs, origin.MadeBy, "catalogue.imported", $"catalogue:{version}", null,
                    new { origin.Source, report.RowsChanged, report.RowsUnchanged, report.RowsRefused }));
                return report;
            },
            cancellationToken);
    }

    private (List<CatalogueRow> Rows, List<RefusedRow> Refused) Read(TableReading.Table table)
    {
        var reader = new CatalogueRowReader(table, _times, _counties);
        var rows = new List<CatalogueRow>(table.Rows.Count);
        var refused = table.Faults.Select(
            f => new RefusedRow(f.Line, Enum.Parse<RefusalReason>(f.Kind.ToString()), f.Got)).ToList();
        foreach (var line in table.Rows)
        {
            var (row, refusal) = reader.Read(line);
            if (row is not null)
            {
                rows.Add(row);
            }
            else if (refusal is not null)
            {
                refused.Add(refusal);
            }
        }

        return (rows, refused);
    }

    private PlanningGuards ReadGuards()
    {
        using var connection = database.OpenReader();
        return guardStore.Read(connection);
    }

    private static (CataloguePlan Plan, CatalogueEdition? Edition) Plan(
        CatalogueIndex present, IReadOnlyList<CatalogueRow> rows, PlanningGuards guards, long nowUtcMs)
    {
        var plan = CataloguePlanner.Plan(present.State, rows, guards, nowUtcMs);
        return (plan, plan.Changes.Count == 0 ? null : CatalogueEdition.Of(present, plan.Changes));
    }

    private static ImportReport Report(
        TableReading.Table table, List<RefusedRow> unreadable, CataloguePlan plan, long version)
    {
        var refused = unreadable.Concat(plan.Refused)
            .OrderBy(r => r.Line)
            .Select(r => new ReportedRow(
                r.Line, r.Reason, r.Got, r.OtherLine, CatalogueTexts.Of(r.Reason)))
            .ToList();
        var read = table.Rows.Count + table.Faults.Count;
        if (read != plan.ChangedRows + plan.UnchangedRows + refused.Count)
        {
            throw new InvalidOperationException(
                $"Of {read} rows {plan.ChangedRows} changed something, {plan.UnchangedRows} nothing and "
                + $"{refused.Count} were refused.");
        }

        return new ImportReport(
            version,
            plan.Changes.Count > 0,
            table.Format,
            read,
            plan.ChangedRows,
            plan.UnchangedRows,
            refused.Count,
            refused,
            [.. table.Columns.Where(c => c.Length > 0).Except(
                CatalogueRowReader.RequiredColumns.Concat(CatalogueRowReader.OptionalColumns))]);
    }
}
