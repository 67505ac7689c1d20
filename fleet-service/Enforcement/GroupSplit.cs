namespace KioskFleet.Service.Enforcement;

/// <summary>A cabinet of a group that is judged together.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="HeldFen">
/// The ordinary amount that it may still sell at most by any config that it may be working by, at least 0, in fen.
/// </param>
/// <param name="Weight">Its part of the group, such as its turnover; at least 1.</param>
internal sealed record GroupMember(string CabinetId, long HeldFen, long Weight);

/// <summary>
/// Splits what a group has left among its cabinets so that they cannot sell more together than the group may, although
/// each knows only its own sales and some are offline. What a cabinet holds stays its own until it has said that it
/// applied less; only what nobody holds is given out. So a group comes to its fair parts in two steps: those who hold
/// more than theirs are told less first, and when they have applied it, those who hold less get it. Pure.
/// </summary>
internal static class GroupSplit
{
    /// <summary>The new room of each member, in fen.</summary>
    /// <param name="potFen">What the group may still sell, allowance included; negative when it is below.</param>
    /// <param name="members">All cabinets of the group that sell; each once.</param>
    public static IReadOnlyDictionary<string, long> Rooms(long potFen, IReadOnlyList<GroupMember> members)
    {
        var weights = members.Aggregate(Int128.Zero, (sum, member) => sum + member.Weight);
        var held = members.Aggregate(Int128.Zero, (sum, member) => sum + member.HeldFen);
        var targets = members.ToDictionary(
            member => member.CabinetId,
            member => (long)((Int128)Math.Max(0, potFen) * member.Weight / weights));
        var spare = Int128.Max(0, potFen - held);
        var missing = members.Aggregate(Int128.Zero, (sum, member) =>
            sum + Math.Max(0, targets[member.CabinetId] - member.HeldFen));
        return members.ToDictionary(member => member.CabinetId, member =>
        {
            var need = targets[member.CabinetId] - member.HeldFen;
            return need <= 0
                ? targets[member.CabinetId]
                : member.HeldFen + (long)Int128.Min(need, spare * need / missing);
        });
    }
}
