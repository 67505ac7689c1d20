namespace KioskFleet.Agent.Uplink;

/// <summary>How the link stands when the spare lane asks for a turn. Times are monotonic milliseconds.</summary>
/// <param name="NowMs">Now.</param>
/// <param name="LastSpareMs">When the spare lane last sent, or the link began.</param>
/// <param name="IsAwaiting">True while a hello or batch waits for its receipt.</param>
/// <param name="DueMs">When a journal next has something to send, if none waits for a receipt.</param>
/// <param name="Backlog">Entries of the current journal that are not committed.</param>
internal readonly record struct SpareView(long NowMs, long LastSpareMs, bool IsAwaiting, long DueMs, long Backlog);

/// <summary>
/// When telemetry may use the link: never while a journal could send, one message a second while nothing waits, and
/// rarely while a backlog drains, so that a thin link belongs to the journal and a service still hears of a cabinet
/// whose journal is stuck. Pure.
/// </summary>
internal static class SpareTurnRule
{
    /// <summary>Least time between two messages while the journal has nothing to send, in milliseconds.</summary>
    public const long QuietMs = 1_000;

    /// <summary>Least time between two messages while it has, in milliseconds.</summary>
    public const long BusyMs = 30_000;

    /// <summary>True when a message may go now.</summary>
    public static bool MaySend(in SpareView view)
    {
        if (!view.IsAwaiting && view.DueMs <= view.NowMs)
        {
            return false;
        }

        var busy = view.IsAwaiting || view.Backlog > 0;
        return view.NowMs - view.LastSpareMs >= (busy ? BusyMs : QuietMs);
    }
}
