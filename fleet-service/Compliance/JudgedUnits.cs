using System.Runtime.InteropServices;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// What policies judge together: by policy, and operator and county or county alone, the amounts of the sales made
/// there. Sales stay with the county they were made in when a cabinet moves on. Filled once, then only read.
/// </summary>
internal sealed class JudgedUnits
{
    private readonly Dictionary<Key, ClassAmounts> _sums = [];

    private readonly record struct Key(string PolicyId, string OperatorId, string CountyCode);

    /// <summary>Adds sales to the unit that a policy puts them in; nothing when it judges each cabinet alone.</summary>
    public void Add(Policy? policy, AssignmentSales sales)
    {
        if (policy is not null && KeyOf(policy, sales.OperatorId, sales.CountyCode) is { } key)
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _);
            sum += sales.Amounts;
        }
    }

    /// <summary>The amounts judged together; null when the policy judges each cabinet alone.</summary>
    public ClassAmounts? Of(Policy policy, string operatorId, string countyCode) =>
        KeyOf(policy, operatorId, countyCode) is { } key ? _sums.GetValueOrDefault(key) : null;

    private static Key? KeyOf(Policy policy, string operatorId, string countyCode) => policy.Judged switch
    {
        Judged.OperatorInCounty => new Key(policy.Id, operatorId, countyCode),
        Judged.County => new Key(policy.Id, "", countyCode),
        _ => null,
    };
}
