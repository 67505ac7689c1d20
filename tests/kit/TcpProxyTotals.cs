namespace KioskFleet.TestKit;

/// <summary>The counters of one proxy and its armed cut. Thread-safe.</summary>
internal sealed class TcpProxyTotals
{
    private readonly Lock gate = new();
    private long accepted;
    private long unreachable;
    private long bytesToServer;
    private long bytesToClient;
    private long bytesSwallowed;
    private Flow cutDirection;
    private long bytesUntilCut;

    public TcpProxyCounts Read(long open) => new(
        Interlocked.Read(ref accepted),
        open,
        Interlocked.Read(ref unreachable),
        Interlocked.Read(ref bytesToServer),
        Interlocked.Read(ref bytesToClient),
        Interlocked.Read(ref bytesSwallowed));

    public void CountAccepted() => Interlocked.Increment(ref accepted);

    public void CountUnreachable() => Interlocked.Increment(ref unreachable);

    public void CountSwallowed(int bytes) => Interlocked.Add(ref bytesSwallowed, bytes);

    public void CountPassed(Flow direction, int bytes)
    {
        ref var passed = ref direction == Flow.ToServer ? ref bytesToServer : ref bytesToClient;
        Interlocked.Add(ref passed, bytes);
    }

    public void Arm(Flow direction, long bytes)
    {
        lock (gate)
        {
            cutDirection = direction;
            bytesUntilCut = bytes;
        }
    }

    /// <summary>How many of these bytes may pass before the armed cut, and whether the cut is due after them.</summary>
    public (int Allowed, bool CutNow) Allow(Flow direction, int bytes)
    {
        lock (gate)
        {
            if (!cutDirection.HasFlag(direction))
            {
                return (bytes, false);
            }

            var allowed = (int)Math.Min(bytes, bytesUntilCut);
            bytesUntilCut -= allowed;
            if (bytesUntilCut > 0)
            {
                return (allowed, false);
            }

            cutDirection = Flow.None;
            return (allowed, true);
        }
    }
}
