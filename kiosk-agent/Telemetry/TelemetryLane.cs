using System.Collections.Concurrent;
using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>What is ready to be sent, in memory.</summary>
/// <param name="Samples">Samples, newest first.</param>
/// <param name="Clocks">What their boots heard of the service's clock.</param>
internal sealed record ReadySamples(IReadOnlyList<StoredSample> Samples, IReadOnlyList<ClockObservation> Clocks);

/// <summary>
/// Puts messages together for the uplink out of what the loop has laid ready, so that the uplink never waits for a
/// disk. The newest samples go first: what is now matters more than what was. Thread-safe.
/// </summary>
internal sealed class TelemetryLane(BootClock clock) : ISpareLane
{
    private readonly ConcurrentQueue<long> _sent = new();
    private ReadySamples? _ready;
    private long _lastSentWallUtcMs;

    /// <summary>Wall clock of the last message sent, Unix milliseconds UTC; 0 before one.</summary>
    public long LastSentWallUtcMs => Interlocked.Read(ref _lastSentWallUtcMs);

    /// <summary>True while nothing lies ready.</summary>
    public bool IsEmpty => Volatile.Read(ref _ready) is null;

    /// <summary>Lays samples ready in place of those before; null for none.</summary>
    public void Lay(ReadySamples? ready) => Volatile.Write(ref _ready, ready is { Samples.Count: > 0 } ? ready : null);

    /// <summary>The numbers of samples sent since the last call.</summary>
    public IReadOnlyList<long> TakeSent()
    {
        var numbers = new List<long>();
        while (_sent.TryDequeue(out var number))
        {
            numbers.Add(number);
        }

        return numbers;
    }

    /// <inheritdoc/>
    public SpareMessage? Next(CabinetId cabinet)
    {
        if (Volatile.Read(ref _ready) is not { } ready)
        {
            return null;
        }

        var writer = new TelemetryWriter(new TelemetryHeader(cabinet, clock.Now, ready.Clocks));
        var numbers = new List<long>();
        foreach (var sample in ready.Samples)
        {
            if (!writer.TryAdd(sample.Bytes))
            {
                break;
            }

            numbers.Add(sample.Number);
        }

        return numbers.Count == 0 ? null : new SpareMessage(writer.Finish(), numbers);
    }

    /// <inheritdoc/>
    public void Sent(SpareMessage message)
    {
        // Nothing is ready until the loop has taken these away: they must not be sent once more.
        Volatile.Write(ref _ready, null);
        foreach (var number in message.Marks)
        {
            _sent.Enqueue(number);
        }

        Interlocked.Exchange(ref _lastSentWallUtcMs, clock.WallUtcMs);
    }
}
