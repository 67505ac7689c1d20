using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Rejudging;

/// <summary>What one version's re-judging came to in one turn, added to what it came to before.</summary>
internal sealed class RejudgingTally
{
    /// <summary>Sales looked at.</summary>
    public long Examined { get; set; }

    /// <summary>Sales that changed.</summary>
    public long Changed { get; private set; }

    /// <summary>Refunds that moved with them.</summary>
    public long Refunds { get; private set; }

    /// <summary>Paid for the lines that changed their class, in fen.</summary>
    public long MovedFen { get; private set; }

    /// <summary>What the classes changed by, in fen.</summary>
    public ClassAmounts Change { get; private set; }

    /// <summary>Adds a sale that changed.</summary>
    public void Add(in ClassAmounts change, long movedFen, int refunds)
    {
        Changed++;
        Refunds += refunds;
        MovedFen += movedFen;
        Change = new ClassAmounts
        {
            AidFen = Change.AidFen + change.AidFen,
            OrdinaryFen = Change.OrdinaryFen + change.OrdinaryFen,
            UnmappedFen = Change.UnmappedFen + change.UnmappedFen,
        };
    }
}

/// <summary>
/// The table of re-judgings, as the sweep writes it. Belongs to one connection and one thread at a time.
/// </summary>
internal sealed class RejudgingStore(FleetConnection connection) : IDisposable
{
    private readonly Statement _advance = connection.Prepare("""
        UPDATE rejudgings SET
          cursor_position = CASE WHEN ?2 <= cursor_position OR through_position <= cursor_position THEN cursor_position
                            WHEN ?2 < through_position THEN ?2 ELSE through_position END,
          sales_examined = sales_examined + ?3, sales_changed = sales_changed + ?4, refunds_moved = refunds_moved + ?5,
          moved_fen = moved_fen + ?6, aid_delta_fen = aid_delta_fen + ?7,
          ordinary_delta_fen = ordinary_delta_fen + ?8, unmapped_delta_fen = unmapped_delta_fen + ?9
        WHERE version = ?1 AND finished_utc_ms IS NULL AND cursor_position =
          CASE WHEN ?11 <= ?10 OR through_position <= ?10 THEN ?10
          WHEN ?11 < through_position THEN ?11 ELSE through_position END
        RETURNING version
        """);

    private readonly Statement _batch = connection.Prepare("""
        SELECT j.cabinet_id, b.catalogue_version FROM batches b JOIN journals j USING (journal_no)
        WHERE b.batch_id = ?1
        """);

    /// <summary>True when versions up to one are waiting or unfinished. Only reads.</summary>
    public static bool IsAnyOpen(FleetConnection connection, long upToVersion)
    {
        using var query = connection.Prepare("""
            SELECT 1 FROM catalogue_versions v LEFT JOIN rejudgings r USING (version)
            WHERE v.version <= ?1 AND r.finished_utc_ms IS NULL
              AND EXISTS (SELECT 1 FROM catalogue_affected a WHERE a.version = v.version)
            LIMIT 1
            """);
        query.Set(1, upToVersion);
        return query.Next();
    }

    /// <summary>
    /// Begins what was not begun, through the newest entry there is now, and returns every version that is not
    /// finished. In the caller's turn of the writers: whatever is committed after it is judged by the snapshot in
    /// force, so nothing behind the newest entry can need a second look.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="upToVersion">The version of the snapshot in force.</param>
    /// <param name="nowUtcMs">Now, Unix milliseconds UTC.</param>
    public static IReadOnlyList<SweptVersion> Begin(FleetConnection connection, long upToVersion, long nowUtcMs)
    {
        using var begin = connection.Prepare("""
            INSERT INTO rejudgings
            SELECT version, (SELECT coalesce(max(position), 0) FROM entries), 0, 0, 0, 0, 0, 0, 0, 0, ?2, NULL
            FROM catalogue_versions v
            WHERE version <= ?1 AND version NOT IN (SELECT version FROM rejudgings)
              AND EXISTS (SELECT 1 FROM catalogue_affected a WHERE a.version = v.version)
            """);
        begin.Set(1, upToVersion).Set(2, nowUtcMs).Run();
        using var query = connection.Prepare("""
            SELECT version, v.made_by, cursor_position, through_position
            FROM rejudgings JOIN catalogue_versions v USING (version)
            WHERE finished_utc_ms IS NULL AND version <= ?1 ORDER BY version
            """);
        query.Set(1, upToVersion);
        var versions = new List<SweptVersion>();
        while (query.Next())
        {
            versions.Add(new SweptVersion(query.Long(0), query.Text(1), query.Long(2), query.Long(3)));
        }

        return versions;
    }

    /// <summary>The spans of some versions.</summary>
    public static IReadOnlyList<AffectedRow> Spans(FleetConnection connection, IEnumerable<SweptVersion> versions)
    {
        using var query = connection.Prepare(
            "SELECT operator_id, sku, from_utc_ms, to_utc_ms FROM catalogue_affected WHERE version = ?1");
        var rows = new List<AffectedRow>();
        foreach (var version in versions)
        {
            query.Set(1, version.Version);
            while (query.Next())
            {
                rows.Add(new AffectedRow(
                    version.Version, query.Text(0), query.Text(1), query.Long(2), query.LongOrNull(3)));
            }
        }

        return rows;
    }

    /// <summary>The operator of every assignment that there is or was.</summary>
    public static IReadOnlyDictionary<long, string> Operators(FleetConnection connection)
    {
        using var query = connection.Prepare("SELECT assignment_id, operator_id FROM assignments");
        var operators = new Dictionary<long, string>();
        while (query.Next())
        {
            operators.Add(query.Long(0), string.Intern(query.Text(1)));
        }

        return operators;
    }

    /// <summary>
    /// The stretches of positions, first and last inside, that may hold sales of some moments, in order; none is longer
    /// than a number of blocks.
    /// </summary>
    public static IReadOnlyList<(long First, long Last)> Stretches(
        FleetConnection connection, TimeSpans times, (long After, long Through) positions, int blocksPerStretch)
    {
        const long Size = SaleSpanTable.PositionsPerBlock;
        using var query = connection.Prepare("""
            SELECT block, first_utc_ms, last_utc_ms FROM sale_spans WHERE block BETWEEN ?1 AND ?2 ORDER BY block
            """);
        query.Set(1, (positions.After + 1) / Size).Set(2, positions.Through / Size);
        var stretches = new List<(long First, long Last)>();
        while (query.Next())
        {
            if (!times.Touches(query.Long(1), query.Long(2)))
            {
                continue;
            }

            var first = Math.Max(query.Long(0) * Size, positions.After + 1);
            var last = Math.Min((query.Long(0) + 1) * Size - 1, positions.Through);
            if (stretches.Count > 0 && stretches[^1].Last == first - 1
                && last - stretches[^1].First < blocksPerStretch * Size)
            {
                stretches[^1] = (stretches[^1].First, last);
            }
            else
            {
                stretches.Add((first, last));
            }
        }

        return stretches;
    }

    /// <summary>
    /// Finishes the versions that are done. One that meanwhile missed something, because a batch was committed by an
    /// older catalogue than it (another process with an old snapshot), goes on through the newest entry.
    /// </summary>
    public static void Finish(FleetConnection connection, IEnumerable<SweptVersion> versions, long nowUtcMs)
    {
        using var finish = connection.Prepare("""
            UPDATE rejudgings SET cursor_position = through_position, finished_utc_ms = ?2
            WHERE version = ?1 AND finished_utc_ms IS NULL
            """);
        using var reopen = connection.Prepare("""
            UPDATE rejudgings SET finished_utc_ms = NULL, through_position = (SELECT max(position) FROM entries)
            WHERE version = ?1 AND EXISTS (
              SELECT 1 FROM batches b
              WHERE b.batch_id > coalesce((SELECT batch_id FROM entries WHERE position = through_position), 0)
                AND b.catalogue_version < ?1)
            """);
        foreach (var version in versions)
        {
            finish.Set(1, version.Version).Set(2, nowUtcMs).Run();
            reopen.Set(1, version.Version).Run();
        }
    }

    /// <summary>Adds what one turn came to and moves a version's cursor.</summary>
    /// <param name="version">The version as the pass began with it.</param>
    /// <param name="tally">What the turn came to.</param>
    /// <param name="from">The last position that this pass has written before.</param>
    /// <param name="to">The last position that it has written now.</param>
    /// <exception cref="InvalidOperationException">Somebody else moved the cursor: nothing may be counted twice.
    /// </exception>
    public void Advance(SweptVersion version, RejudgingTally tally, long from, long to)
    {
        _advance.Set(1, version.Version).Set(2, to).Set(3, tally.Examined).Set(4, tally.Changed).Set(5, tally.Refunds)
            .Set(6, tally.MovedFen).Set(7, tally.Change.AidFen).Set(8, tally.Change.OrdinaryFen)
            .Set(9, tally.Change.UnmappedFen).Set(10, version.AfterPosition).Set(11, from);
        var moved = _advance.Next();
        _advance.Reset();
        if (!moved)
        {
            throw new InvalidOperationException(
                $"The re-judging by catalogue {version.Version} was moved on by another process.");
        }
    }

    /// <summary>The cabinet of a batch, and the catalogue it was judged by.</summary>
    public (CabinetId Cabinet, long CatalogueVersion) BatchOf(long batchId)
    {
        _batch.Set(1, batchId);
        if (!_batch.Next())
        {
            throw new InvalidOperationException($"The ledger has no batch {batchId}.");
        }

        var batch = (CabinetId.Parse(_batch.Text(0)), _batch.Long(1));
        _batch.Reset();
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _advance.Dispose();
        _batch.Dispose();
    }
}
