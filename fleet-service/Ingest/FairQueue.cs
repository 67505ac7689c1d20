using KioskFleet.Service.Broker;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// A queue with two lanes: light messages (hellos, the few sales of a cabinet that is in step) pass heavy ones, of
/// which a city's backlog is made; of any few that are taken one is heavy, so that no lane starves. Each lane keeps its
/// order. Bounded by whoever writes. Any number of writers and readers; thread-safe.
/// </summary>
internal sealed class FairQueue<T>
{
    /// <summary>Payloads up to this size in bytes are light: a hello, a batch of about 30 sales.</summary>
    public const int LightBytes = BrokerLimits.LightBytes;

    /// <summary>Of so many that are taken one is heavy, when there is any.</summary>
    public const int HeavyEvery = 4;

    private readonly ConcurrentQueue<T> _light = new();
    private readonly ConcurrentQueue<T> _heavy = new();

    // One token for each item: who reads a token finds an item in one of the lanes.
    private readonly Channel<byte> _tokens = Channel.CreateUnbounded<byte>();
    private uint _taken;

    /// <summary>Adds an item; false after the end.</summary>
    public bool TryWrite(T item, int payloadBytes)
    {
        var lane = payloadBytes <= LightBytes ? _light : _heavy;
        lane.Enqueue(item);
        return _tokens.Writer.TryWrite(0);
    }

    /// <summary>No more are added; those that are there may still be read.</summary>
    /// <param name="error">Why, when it is a failure: readers get it after the last item.</param>
    public void TryComplete(Exception? error = null) => _tokens.Writer.TryComplete(error);

    /// <summary>Waits for an item; false when there will be none.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancel) => _tokens.Reader.WaitToReadAsync(cancel);

    /// <summary>Takes the next item; false when there is none now.</summary>
    public bool TryRead([MaybeNullWhen(false)] out T item)
    {
        if (!_tokens.Reader.TryRead(out _))
        {
            item = default;
            return false;
        }

        var isHeavyTurn = Interlocked.Increment(ref _taken) % HeavyEvery == 0;
        var (first, second) = isHeavyTurn ? (_heavy, _light) : (_light, _heavy);
        var spin = new SpinWait();
        while (!first.TryDequeue(out item) && !second.TryDequeue(out item))
        {
            // Another reader took from the lane looked at first while an item came into it.
            spin.SpinOnce();
        }

        return true;
    }
}
