using System.Globalization;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Outage;

/// <summary>What a cabinet says of itself when it comes back.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="TailSeq">Its last entry.</param>
/// <param name="Sums">Its own running sums.</param>
/// <param name="IsWaiting">Whether entries of its are not committed now.</param>
internal readonly record struct OwnState(JournalId Journal, ulong TailSeq, RunningSums Sums, Func<bool> IsWaiting);

/// <summary>
/// Asks the service over its HTTP API, again and again, until it shows of every cabinet what that says of itself since
/// the return: its hello with its own sums, and that it is there. One caller at a time.
/// </summary>
internal sealed class ShownWatch(FleetApi api, IReadOnlyDictionary<string, OwnState> wanted, DateTimeOffset sinceUtc)
{
    private readonly HashSet<string> _greeted = new(StringComparer.Ordinal);
    private int _present;

    /// <summary>Cabinets whose newest hello is shown.</summary>
    public int Greeted => _greeted.Count;

    /// <summary>Cabinets that were shown with their own sums while entries of theirs were not committed.</summary>
    public int ShownBeforeCommitted { get; private set; }

    /// <summary>True when all are shown.</summary>
    public bool IsComplete => _greeted.Count == wanted.Count && _present == wanted.Count;

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        if (_greeted.Count < wanted.Count)
        {
            foreach (var row in await api.HellosAsync(sinceUtc, cancel))
            {
                if (Says(row) && _greeted.Add(row.Cabinet) && wanted[row.Cabinet].IsWaiting())
                {
                    ShownBeforeCommitted++;
                }
            }
        }

        if (_greeted.Count == wanted.Count)
        {
            _present = (await api.CabinetsAsync(cancel)).Count(row =>
                wanted.ContainsKey(row.CabinetId) && row is { Connected: true, Presence.State: "Online" });
        }
    }

    /// <summary>True when a row says what the cabinet says of itself.</summary>
    internal bool Says(ApiCabinetHello row) => wanted.TryGetValue(row.Cabinet, out var own)
        && row.Hello is { Provisional: true } hello && hello.HeardUtc >= sinceUtc
        && hello.Journal == own.Journal.ToString() && hello.TailSeq >= own.TailSeq
        && new RunningSums(hello.SalesFen, hello.RefundsFen, hello.Sales) == own.Sums;

    /// <summary>How far it is, in words.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_greeted.Count} of {wanted.Count} cabinets shown");
}
