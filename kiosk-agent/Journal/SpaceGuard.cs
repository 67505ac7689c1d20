#pragma warning disable CA1822
namespace KioskFleet.Agent.Journal;

/// <summary>shape</summary>
internal sealed class SpaceGuard
{
    public SpaceGuard(JournalOptions options) { }
    public bool HasRoomFor(int openVends) => throw null!;
}
