namespace KioskFleet.Simulators.CityLoad;

/// <summary>Streams the events of a plan. Each call starts anew and gives the same events; thread-safe.</summary>
internal static class CityStream
{
    /// <summary>Everything that happens at one cabinet, in the order of time.</summary>
    public static IEnumerable<LoadEvent> Of(CityPlan plan, PlannedCabinet cabinet) =>
        new CabinetSales(cabinet, plan).All();

    /// <summary>What the agent of one cabinet is told, in the order of time.</summary>
    public static IEnumerable<LoadEvent> ToldTo(CityPlan plan, PlannedCabinet cabinet) =>
        Of(plan, cabinet).Where(static happening => happening is not HiddenSaleIntent);

    /// <summary>The events of all cabinets in the order of time; at the same instant by cabinet.</summary>
    public static IEnumerable<LoadEvent> InTimeOrder(CityPlan plan)
    {
        var streams = new List<IEnumerator<LoadEvent>>();
        try
        {
            var queue = new PriorityQueue<int, (long Ticks, int Stream)>(plan.Cabinets.Count);
            foreach (var cabinet in plan.Cabinets)
            {
                streams.Add(Of(plan, cabinet).GetEnumerator());
                EnqueueNext(queue, streams, streams.Count - 1);
            }

            while (queue.TryDequeue(out var stream, out _))
            {
                yield return streams[stream].Current;
                EnqueueNext(queue, streams, stream);
            }
        }
        finally
        {
            streams.ForEach(static stream => stream.Dispose());
        }
    }

    private static void EnqueueNext(
        PriorityQueue<int, (long Ticks, int Stream)> queue, List<IEnumerator<LoadEvent>> streams, int stream)
    {
        if (streams[stream].MoveNext())
        {
            queue.Enqueue(stream, (streams[stream].Current.AtUtc.UtcTicks, stream));
        }
    }
}
