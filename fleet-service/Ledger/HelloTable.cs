using KioskFleet.Protocol.Hellos;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>The table of what each cabinet said last. Belongs to one session.</summary>
internal sealed class HelloTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _upsert = connection.Prepare("""
        INSERT INTO hellos (cabinet_id, journal_id, heard_utc_ms, tail_seq, backlog, oldest_unsent_utc_ms, sales_fen,
                            refunds_fen, sales, wall_offset_ms, applied_config, agent_version)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (cabinet_id) DO UPDATE SET journal_id = excluded.journal_id, heard_utc_ms = excluded.heard_utc_ms,
          tail_seq = excluded.tail_seq, backlog = excluded.backlog,
          oldest_unsent_utc_ms = excluded.oldest_unsent_utc_ms, sales_fen = excluded.sales_fen,
          refunds_fen = excluded.refunds_fen, sales = excluded.sales, wall_offset_ms = excluded.wall_offset_ms,
          applied_config = excluded.applied_config, agent_version = excluded.agent_version
        """);

    /// <summary>Keeps a hello of an open journal as the cabinet's newest.</summary>
    public void Keep(Hello hello, long heardUtcMs) => _upsert.Set(1, hello.Cabinet.Value).Set(2, hello.Journal)
        .Set(3, heardUtcMs).Set(4, (long)hello.Tail.Seq).Set(5, (long)hello.Backlog)
        .Set(6, hello.OldestUnsentWallUtcMs).Set(7, hello.Sums.SalesFen).Set(8, hello.Sums.RefundsFen)
        .Set(9, hello.Sums.Sales).Set(10, hello.WallUtcMs - heardUtcMs).Set(11, hello.AppliedConfigVersion)
        .Set(12, hello.AgentVersion).Run();

    /// <inheritdoc/>
    public void Dispose() => _upsert.Dispose();
}
