#pragma warning disable CA1822
using KioskFleet.Agent.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>shape</summary>
internal sealed class JournalStore : IDisposable
{
    public static JournalStore Open(JournalOptions options, BootClock clock, ILogger<JournalStore> log) => throw null!;
    public JournalFile Current => throw null!;
    public IReadOnlyList<JournalFile> Closed => throw null!;
    public JournalFile? Find(JournalId id) => throw null!;
    public event Action? CurrentChanged;
    public JournalFile BeginSuccessor(SuccessionReason reason, string detail) { CurrentChanged?.Invoke(); throw null!; }
    public void ApplyRetention(DateTimeOffset now) => throw null!;
    public T InCurrent<T>(Func<JournalFile, T> work) => throw null!;
    public void Dispose() { }
}
