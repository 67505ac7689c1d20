using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Compliance;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// The parts of cabinets that are judged together. Split at most once a business day, so that sales alone do not make
/// new configs; a part is an allowance of its window and stays right while the cabinet sells on.
/// </summary>
internal sealed class GroupCredits(
    KnownFigures known, IReadOnlyDictionary<string, CabinetFigures> figures,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, StandingRow>> standings, DateOnly today)
{
    /// <summary>The part of each member of a unit.</summary>
    public IReadOnlyDictionary<string, GroupCredit> Split(IReadOnlyList<PlanSubject> members)
    {
        var window = figures[members[0].Id].Window;
        if (members.All(m => m.State.Credit is { } credit && credit.WindowFirst == window.First
            && credit.SplitOn == today))
        {
            return members.ToDictionary(m => m.Id, m => m.State.Credit!);
        }

        var policy = members[0].Terms.Gate;
        var threshold = policy.ThresholdOf(window);
        var allowance = policy.AllowanceAfter(members.Sum(m => figures[m.Id].PreviousTurnoverFen(policy)));
        if (threshold == 0)
        {
            return members.ToDictionary(m => m.Id, _ => new GroupCredit(allowance, window.First, today));
        }

        // The whole unit, also what was sold by cabinets that have left it.
        var standing = members.Select(m => standings[m.Terms.Gate.Window].GetValueOrDefault(m.Id))
            .FirstOrDefault(row => row is not null);
        var margin = ShareMargin.Of(standing?.JudgedAidFen ?? 0, standing?.JudgedTotalFen ?? 0, threshold);
        var pot = ShareMargin.RoomFen(margin + (Int128)allowance * threshold, threshold)!.Value;
        var rooms = GroupSplit.Rooms(pot, [.. members.Select(m => new GroupMember(
            m.Id, HeldBy(m, members.Count, window, threshold), WeightOf(m)))]);
        return members.ToDictionary(m => m.Id, m => new GroupCredit(
            rooms[m.Id] - Own(m, threshold), window.First, today));
    }

    /// <summary>Its own margin in the window, as an ordinary amount; negative when it sold too much.</summary>
    private long Own(PlanSubject member, int threshold)
    {
        var (aid, total) = figures[member.Id].Present;
        return ShareMargin.RoomFen(ShareMargin.Of(aid, total, threshold), threshold)!.Value;
    }

    private long HeldBy(PlanSubject member, int members, BusinessWindow window, int threshold)
    {
        if (member.State.WantedVersion.Length == 0)
        {
            return 0;
        }

        // A window that it opened by itself: the parts of the policy that it was told.
        var opening = member.Terms.ForMemberOf(members).AllowanceAfter(
            figures[member.Id].PreviousTurnoverFen(member.Terms.Gate));
        var wanted = member.State.Credit is { } credit && credit.WindowFirst == window.First
            ? credit.AllowanceFen
            : opening;
        var applied = figures[member.Id].Hello?.AppliedVersion ?? "";
        var held = applied.Length == 0 || applied == member.State.WantedVersion ? wanted
            : known.OfOlder(member.Id, applied) is { } older && older.Window == window ? older.AllowanceFen
            : opening;
        return Math.Max(0, checked(Own(member, threshold) + Math.Max(wanted, held)));
    }

    private long WeightOf(PlanSubject member)
    {
        var of = figures[member.Id];
        return Math.Max(1, Math.Max(of.PreviousTurnoverFen(member.Terms.Gate), of.Present.TotalFen));
    }
}
